import type { Attached } from '../../protocol/attached.ts';
import { AgentTask, type Plan } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';
import { hint } from '../plan/suggest.ts';

export interface QueueItem {
  text: string;
  /** A pool or a role. */
  target?: string | undefined;
  priority: number;
  /** Images that show what is wanted. */
  attached?: readonly Attached[] | undefined;
}

type Target = { ok: true; role: string; pool?: string } | { ok: false; message: string };

/** Who does queued work: a pool's first role, a role, or the default. */
export function targetOf(
  target: string | undefined,
  plan: Pick<Plan, 'pools'> | undefined,
  roles: readonly RoleSpec[],
  defaultRole: string,
): Target {
  if (target === undefined) return { ok: true, role: defaultRole };
  const pools = plan?.pools ?? {};
  const pool = Object.hasOwn(pools, target) ? pools[target] : undefined;
  if (pool) return { ok: true, role: pool.roles?.[0] ?? defaultRole, pool: target };
  const names = roles.map(role => role.name);
  if (names.includes(target)) return { ok: true, role: target };
  const known = [...Object.keys(pools), ...names];
  return { ok: false, message: `there is no pool or role "${target}"${hint(target, known)}` };
}

/** Queued work as a task. What it will write is not known, so that it claims everything. */
export function queueTask(item: QueueItem & { item: string }, target: Extract<Target, { ok: true }>): AgentTask {
  return AgentTask.parse({
    id: queueTaskId(item.item),
    title: (item.text.trim().split('\n')[0] ?? '').slice(0, 80),
    role: target.role,
    instructions: item.text,
    ...(target.pool !== undefined && { pool: target.pool }),
    priority: Math.min(10, Math.max(0, Math.round(item.priority))),
    writes: ['**'],
    consumes: (item.attached ?? []).map(({ artifact }) => artifact),
  });
}

/** The same item always becomes the same task, so that a crash in between makes no second one. */
const queueTaskId = (item: string) => `queue-${item}`.replace(/[^A-Za-z0-9_.-]/g, '-').slice(0, 64);
