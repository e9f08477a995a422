import type { Who } from '../../protocol/events.ts';
import { groupsOf, needKey, resolveNeed } from '../plan/needs.ts';
import type { Journal } from '../session/contract.ts';
import { isRetriable } from '../session/standing.ts';
import type { SessionState, TaskState } from '../session/state.ts';

/** What is tried again: what failed because no model answered, all that failed or was cancelled, or one task. */
export type RetryScope = 'outages' | 'all' | { task: string };

export type Retried = { ok: true; tasks: string[] } | { ok: false; message: string };

/** The tasks that a retry takes up: those that are meant, what kept them from starting, and what was skipped for them. */
export function toRetry(state: SessionState, scope: RetryScope): Retried {
  const { tasks } = state;
  const again = new Set<string>();
  if (typeof scope === 'object') {
    const task = tasks.get(scope.task);
    const refusal = refusalOf(scope.task, task);
    if (!task || refusal !== undefined) return { ok: false, message: refusal ?? '' };
    if (task.status === 'skipped') for (const cause of causesOf(state, task)) again.add(cause);
    again.add(scope.task);
  } else {
    for (const [id, { status, outage, dropped }] of tasks)
      if (!dropped && (scope === 'all' ? status === 'failed' || status === 'cancelled' : status === 'failed' && outage))
        again.add(id);
  }
  for (let grown = true; grown; ) {
    grown = false;
    for (const [id, task] of tasks) {
      if (task.status !== 'skipped' || task.dropped || again.has(id)) continue;
      if (!neededBy(state, task).some(need => again.has(need))) continue;
      again.add(id);
      grown = true;
    }
  }
  return { ok: true, tasks: [...tasks.keys()].filter(id => again.has(id)) };
}

/** Lets the tasks of a retry begin anew. */
export function retry(journal: Journal, scope: RetryScope, by: Who): Retried {
  const found = toRetry(journal.state, scope);
  if (found.ok) for (const task of found.tasks) journal.append({ type: 'task-retried', task, by });
  return found;
}

function refusalOf(id: string, task: TaskState | undefined): string | undefined {
  if (!task || task.dropped) return `there is no task "${id}"`;
  if (isRetriable(task)) return undefined;
  return task.status === 'completed' ? `task ${id} is done` : `task ${id} is not over: it is ${task.status}`;
}

/** The tasks whose end this one waits for. */
function neededBy(state: SessionState, { task }: TaskState): string[] {
  const pools = state.plan?.pools ?? {};
  return task.needs.map(resolveNeed).flatMap(need => {
    if (need.kind === 'task') return [need.task];
    const members = [...state.tasks.values()].filter(other => groupsOf(other.task, pools).includes(needKey(need)));
    return members.map(other => other.task.id);
  });
}

/** All that did not end well among what a skipped task needs, and what those need. */
function causesOf(state: SessionState, skipped: TaskState): Set<string> {
  const causes = new Set<string>();
  const open = [skipped];
  for (let task = open.pop(); task; task = open.pop()) {
    for (const id of neededBy(state, task)) {
      const cause = state.tasks.get(id);
      if (!cause || causes.has(id) || !isRetriable(cause)) continue;
      causes.add(id);
      if (cause.status === 'skipped') open.push(cause);
    }
  }
  return causes;
}
