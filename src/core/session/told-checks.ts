import type { Check } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';
import type { StoodOn } from '../../protocol/stood-on.ts';
import { type CheckRun, checkResults } from './evidence.ts';
import type { SessionState, TaskState } from './state.ts';

/** What a check said last in a session. */
export interface ToldCheck {
  task: string;
  check: Check;
  ok: boolean;
  output?: string;
  on?: StoodOn;
  /** In this session it has both passed and failed on that commit. */
  unsteady?: boolean;
}

/** Whether two results are of the same files: those of one commit, with nothing beside it. */
export const onOneCommit = (one: StoodOn | undefined, other: StoodOn | undefined): boolean =>
  one?.commit !== undefined && one.commit === other?.commit && !one.changed && !other.changed;

/** A check that failed and was run once more, with nothing done in between. */
const ranAgain = ({ task }: TaskState, one: CheckRun, other: CheckRun): boolean =>
  task.kind === 'check' && one.round === other.round && one.on?.commit === other.on?.commit;

/** What the checks of a session said of what it was given. What proves an agent's own work says nothing of that. */
export function toldChecks(state: SessionState): ToldCheck[] {
  // In a working tree of its own nobody else has what its agents wrote.
  if (state.tree && state.written.size > 0) return [];
  return checkResults(state).flatMap(({ task, last }) => {
    const { check, ok, on, output, interrupted, fault } = last;
    // When its time was up it did not pass; what was not allowed to run says nothing.
    if (interrupted || fault === 'refused' || task.dropped || writes(task)) return [];
    const key = JSON.stringify(check);
    const unsteady = task.checks.some(
      each =>
        each.ok !== ok &&
        !each.interrupted &&
        (onOneCommit(each.on, on) || ranAgain(task, each, last)) &&
        JSON.stringify(each.check) === key,
    );
    return {
      task: task.task.id,
      check,
      ok,
      ...(output && { output: output.text }),
      ...(on && { on }),
      ...(unsteady && { unsteady }),
    };
  });
}

const writes = ({ task }: TaskState): boolean => isAgentTask(task) && task.writes.length > 0;
