import type { Plan, Task } from '../../protocol/plan.ts';
import { checkPlan, type ParsedPlan } from '../plan/parse.ts';
import type { PlanContext } from '../plan/parts.ts';
import type { SessionState, TaskStatus } from '../session/state.ts';

/** What a revision does to the work of a running session. */
export interface PlanDiff {
  /** Finished or at work: untouched, whatever the revision says of them. */
  kept: string[];
  added: string[];
  /** Not started yet (or failed before): as the revision has them. */
  changed: string[];
  /** Left out: what runs is stopped, what waits is forgotten. */
  dropped: string[];
}

const done = (status: TaskStatus) => status === 'completed';
const atWork = (status: TaskStatus) => status === 'running' || status === 'checking';
const same = (a: Task, b: Task) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Joins a revision with what has happened. Finished tasks stay and need not be repeated, tasks at work stay as they are
 * unless they are left out, tasks from the queue stay, and a failed task that is named again gets another try.
 */
export function replan(
  state: SessionState,
  value: unknown,
  context: PlanContext,
): { checked: ParsedPlan; diff: PlanDiff } {
  const diff: PlanDiff = { kept: [], added: [], changed: [], dropped: [] };
  const asked = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const revised = Array.isArray(asked.tasks) ? [...asked.tasks] : [];
  const idOf = (task: unknown) =>
    typeof task === 'object' && task !== null ? (task as { id?: unknown }).id : undefined;
  const named = new Map(revised.map((task, i) => [idOf(task), i]));
  const planned = new Set(state.plan?.tasks.map(task => task.id));
  const finished = new Set<string>();
  for (const [id, { task, status }] of state.tasks) {
    const at = named.get(id);
    if (done(status)) finished.add(id);
    if (done(status) || (atWork(status) && (at !== undefined || !planned.has(id)))) {
      diff.kept.push(id);
      if (at === undefined) revised.push(task);
      else revised[at] = task;
    } else if (at !== undefined) continue;
    else if (!planned.has(id) && status === 'pending') {
      diff.kept.push(id);
      revised.push(task);
    } else if (status === 'pending' || status === 'waiting' || atWork(status)) diff.dropped.push(id);
  }
  const goal = asked.goal ?? state.plan?.goal ?? state.goal;
  const pools = { ...state.plan?.pools, ...(asked.pools as Plan['pools'] | undefined) };
  const phases = asked.phases ?? state.plan?.phases ?? [];
  const checked = checkPlan({ ...asked, goal, pools, phases, tasks: revised }, { ...context, finished });
  if (checked.ok) {
    const kept = new Set(diff.kept);
    for (const task of checked.plan.tasks) {
      const known = state.tasks.get(task.id);
      if (!known) diff.added.push(task.id);
      else if (!kept.has(task.id) && (!same(known.task, task) || known.status !== 'pending'))
        diff.changed.push(task.id);
    }
  }
  return { checked, diff };
}
