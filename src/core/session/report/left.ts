import { counted, plural } from '../../../protocol/show.ts';
import type { SessionState, TaskStatus } from '../state.ts';
import type { LeftOver } from './report.ts';

const UNDONE = new Set<TaskStatus>(['pending', 'waiting', 'running', 'checking', 'failed', 'skipped', 'cancelled']);

/** What is left to do, and who has to do it where that is a person. */
export function leftOvers(state: SessionState): LeftOver[] {
  const left: LeftOver[] = [];
  if (state.proposed) left.push({ kind: 'plan', text: `plan revision ${state.proposed.revision} waits for approval` });
  for (const { task, status, note, dropped } of state.tasks.values()) {
    if (!UNDONE.has(status) || dropped) continue;
    const optional = task.optional ? ' (optional)' : '';
    left.push({ kind: 'task', text: `${task.title}${optional}: ${status}${note === undefined ? '' : `, ${note}`}` });
  }
  for (const { severity, text, resolved } of state.issues.values())
    if (!resolved) left.push({ kind: 'issue', text: `${severity}: ${text}` });
  for (const { severity, text, path, resolved } of state.findings.values())
    if (!resolved)
      left.push({ kind: 'finding', text: `${severity}${path === undefined ? '' : ` in ${path}`}: ${text}` });
  const pending = [...state.files.values()].filter(file => file.status === 'pending').map(file => file.path);
  if (pending.length > 0)
    left.push({
      kind: 'review',
      text: `${counted(pending.length, 'changed file')} ${plural(pending.length, 'waits', 'wait')} for your review`,
    });
  for (const { request } of state.asks.values())
    left.push({
      kind: 'answer',
      text: request.type === 'question-asked' ? request.text : `${request.kind}: ${request.what}`,
    });
  for (const { text } of state.queue.values()) left.push({ kind: 'queue', text });
  return left;
}
