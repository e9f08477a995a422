import type { Member } from '../../../protocol/member.ts';
import type { RoleSpec } from '../contract.ts';

/** Members as roles of their own: what their role says, under their name, with what was said of them. */
export function memberRoles(members: readonly Member[], roles: ReadonlyMap<string, RoleSpec>): RoleSpec[] {
  return members.flatMap(({ name, role, models, provider, worker, goodAt }) => {
    const base = roles.get(role);
    if (!base) return [];
    const { source: _, ...rest } = base;
    const about = goodAt === undefined ? '' : `\nIn this team you are for: ${goodAt}.`;
    return {
      ...rest,
      name,
      description: goodAt ?? base.description,
      instructions: `You are ${name}, a member of a standing team, in the role ${role}.${about}\n${base.instructions}`,
      ...(models && { route: models }),
      ...(worker !== undefined && { worker }),
      member: { ...(provider !== undefined && { provider }) },
    };
  });
}
