import type { AgentTask } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';

/** Why the CLI agent that a role names cannot do a task of it; undefined: it can. */
export function unfit(
  worker: string,
  task: Pick<AgentTask, 'publishes'>,
  has: (worker: string) => boolean,
): string | undefined {
  if (!has(worker)) return `there is no CLI agent "${worker}" here that you have agreed to`;
  return task.publishes.length > 0 ? 'the task publishes artifacts, which no CLI agent can' : undefined;
}

/** The CLI agent that a task of this role begins with; undefined: models do it. */
export function workerFor(
  { worker }: Pick<RoleSpec, 'worker'>,
  task: Pick<AgentTask, 'publishes'>,
  has: (worker: string) => boolean,
): string | undefined {
  return worker !== undefined && unfit(worker, task, has) === undefined ? worker : undefined;
}
