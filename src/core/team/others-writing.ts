import { kindOf } from '../plan/task-kinds.ts';
import type { SessionState, TaskStatus } from '../session/state.ts';

const AT_WORK: ReadonlySet<TaskStatus> = new Set<TaskStatus>(['running', 'checking']);
const SHOWN = 5;

/** For who looks for the cause of a failed check: whose half-done work it may be. Empty where nobody else writes. */
export function othersWriting({ tasks }: SessionState, id: string): string {
  const others = [...tasks.values()].flatMap(({ task, status, granted = [] }) => {
    const writes = [...kindOf(task).writes(task), ...granted];
    return task.id === id || !AT_WORK.has(status) || writes.length === 0 ? [] : [`${task.id} (${writes.join(', ')})`];
  });
  if (others.length === 0) return '';
  const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : '';
  return `Others are writing right now: ${others.slice(0, SHOWN).join('; ')}${more}. Where their half-done work is the cause, it is not yours to mend: finish again later, or use report_blocker.`;
}
