import type { SessionOutcome } from '../../protocol/events.ts';
import type { SessionState, TaskState } from '../session/state.ts';
import { type ChecklistItem, checklist, listed, unfinished } from './completion.ts';

type Fate = 'failed' | 'cancelled' | 'open';

/** What became of tasks that did not get done, for one cause. */
const TOLD: Record<Fate, (tasks: string[], cause: string) => string> = {
  failed: (tasks, cause) => `${counted(tasks)} failed${named(tasks)}: ${cause}`,
  cancelled: (tasks, cause) => `${counted(tasks)} ${was(tasks)} cancelled${named(tasks)}: ${cause}`,
  open: tasks => `${counted(tasks)} ${tasks.length === 1 ? 'is' : 'are'} not done${named(tasks)}`,
};

/** What else is missing, as the beginning of a phrase. */
const MISSING: Record<Exclude<ChecklistItem['id'], 'no-remaining-work'>, string> = {
  'agents-done': 'still at work',
  'outputs-parsed': 'no result of',
  'checks-passed': 'checks fail in',
  'blockers-resolved': 'open blockers',
  'no-idle-agent': 'idle without a task',
};

const counted = (tasks: string[]) => (tasks.length === 1 ? `task ${tasks[0]}` : `${tasks.length} tasks`);
const named = (tasks: string[]) => (tasks.length === 1 ? '' : ` (${listed(tasks)})`);
const was = (tasks: string[]) => (tasks.length === 1 ? 'was' : 'were');

/** How a session ends that was not cut off, and why. What people cancelled is not done, and no failure either. */
export function verdictOf(state: SessionState): { outcome: SessionOutcome; reason: string } {
  const missing = checklist(state).filter(item => !item.ok);
  if (missing.length === 0) return { outcome: 'completed', reason: 'everything on the checklist holds' };
  const undone = unfinished(state);
  const parts = causesOf(undone);
  for (const { id, detail = '' } of missing) {
    if (id !== 'no-remaining-work') parts.push(`${MISSING[id]}: ${detail}`);
    else if (undone.length === 0) parts.push(`left to do: ${detail}`);
  }
  const cancelled =
    missing.every(({ id }) => id === 'no-remaining-work') &&
    undone.some(({ status }) => status === 'cancelled') &&
    undone.every(({ status }) => status === 'cancelled' || status === 'skipped');
  return { outcome: cancelled ? 'aborted' : 'failed', reason: parts.join('; ') };
}

/** Each cause once, with the tasks that it stopped; then those that were only waiting for them. */
function causesOf(undone: readonly TaskState[]): string[] {
  const causes = new Map<string, { fate: Fate; cause: string; tasks: string[] }>();
  const skipped: TaskState[] = [];
  for (const task of undone) {
    const { status, note = 'for no known reason' } = task;
    if (status === 'skipped') {
      skipped.push(task);
      continue;
    }
    const fate = status === 'failed' || status === 'cancelled' ? status : 'open';
    const key = `${fate} ${note}`;
    const known = causes.get(key) ?? { fate, cause: note, tasks: [] };
    known.tasks.push(task.task.id);
    causes.set(key, known);
  }
  const told = [...causes.values()].map(({ fate, cause, tasks }) => TOLD[fate](tasks, cause));
  if (told.length === 0) return skipped.map(({ task, note }) => `task ${task.id} was not started: ${note}`);
  const waiting = skipped.map(({ task }) => task.id);
  return waiting.length === 0 ? told : [...told, `for that ${listed(waiting)} ${was(waiting)} not started`];
}
