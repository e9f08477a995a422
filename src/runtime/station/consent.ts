import { realpath } from 'node:fs/promises';
import type { StandingWorkflow } from '../../core/station/standing-workflows.ts';
import { AgreementFile } from '../../node/agreements.ts';
import { userFolder } from '../../node/places.ts';
import type { AgreesToWorkflows, RuntimeHost } from '../contract.ts';

/**
 * What begins by itself came with the folder and spends the user's money each time: only workflows begin that the user
 * has agreed to, exactly as they stand and with all that starts them.
 */
export async function agreedWorkflows(
  { workspace, environment }: Pick<RuntimeHost, 'workspace' | 'environment'>,
  standing: readonly StandingWorkflow[],
  agrees: AgreesToWorkflows | undefined,
): Promise<{ agreed: readonly StandingWorkflow[]; note?: string }> {
  if (standing.length === 0) return { agreed: [] };
  const file = new AgreementFile(userFolder(environment));
  const place = await realpath(workspace).catch(() => workspace);
  if (await file.has(place, standing)) return { agreed: standing };
  if (await agrees?.(standing)) {
    await file.add(place, standing);
    return { agreed: standing };
  }
  const names = standing.map(({ name }) => `"${name}"`).join(', ');
  return {
    agreed: [],
    note: `Of this workspace's workflows, ${names} would begin without anybody, and nobody has agreed to that: they wait until you do, in a terminal with orchestrate start, or with its --yes.`,
  };
}
