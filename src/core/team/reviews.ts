import { hasEnded } from '../session/standing.ts';
import type { SessionState } from '../session/state.ts';

/** Tasks made because somebody rejected changes with a reason are named after the task whose changes they were. */
const FIX = '-fix-';

/** The task for which one mends, or the task itself. */
export const mendedBy = (task: string): string => task.replace(/-fix-\d+$/, '');

/** The next id for a task that mends rejected changes. */
export function fixTaskId(state: SessionState, task: string): string {
  const base = mendedBy(task).slice(0, 56);
  for (let n = 1; ; n++) if (!state.tasks.has(`${base}${FIX}${n}`)) return `${base}${FIX}${n}`;
}

/** What a person decided on all that a task wrote; undefined while something is undecided or being mended. */
export function reviewOf(state: SessionState, task: string): 'accepted' | 'rejected' | undefined {
  for (const [id, { status }] of state.tasks) {
    if (id.startsWith(`${task}${FIX}`) && !hasEnded(status)) return undefined;
  }
  let decided = 0;
  let kept = 0;
  for (const file of state.files.values()) {
    if (!file.tasks.includes(task)) continue;
    if (file.status === 'pending') return undefined;
    decided++;
    if (file.status !== 'rejected') kept++;
  }
  return decided > 0 && kept === 0 ? 'rejected' : 'accepted';
}
