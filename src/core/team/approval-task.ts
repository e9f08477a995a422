import type { ApprovalTask } from '../../protocol/plan.ts';
import type { Journal } from '../session/contract.ts';
import { until } from '../session/until.ts';
import { beginTask, complete, fail, PLAN, type PlainTaskHost } from './plain-task.ts';
import { reviewOf } from './reviews.ts';

/** A person says yes or no, at once or when what others wrote has been decided on. */
export async function runApprovalTask(spec: ApprovalTask, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  if (!beginTask(spec.id, host)) return;
  const { journal, attention } = host;
  if (host.approveAll) return complete(host, spec.id, 'approved beforehand');
  if (spec.changes && spec.changes.length > 0) return changes(spec, spec.changes, host, signal);
  const waiting = journal.state.tasks.get(spec.id)?.status === 'waiting';
  const what = spec.question ?? spec.title;
  if (!waiting) journal.append({ type: 'task-waiting', task: spec.id, on: what });
  const request = { agent: PLAN, kind: 'plan' as const, what, rule: `approval ${spec.id}` };
  const answer = await attention.permission(request, signal);
  if (signal.aborted) return;
  if (answer.decision === 'allow') complete(host, spec.id, 'approved');
  else fail(host, spec.id, `not approved${answer.reason === undefined ? '' : `: ${answer.reason}`}`);
}

/** What came of the changes of these tasks together; undefined while something of them is undecided. */
function decided(journal: Journal, tasks: readonly string[]): { rejected: string[] } | undefined {
  const reviews = tasks.map(task => ({ task, review: reviewOf(journal.state, task) }));
  if (reviews.some(({ review }) => review === undefined)) return undefined;
  return { rejected: reviews.filter(({ review }) => review === 'rejected').map(({ task }) => task) };
}

/** Waits until everything the named tasks wrote has been decided on. */
async function changes(spec: ApprovalTask, tasks: string[], host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  const { journal } = host;
  if (!decided(journal, tasks)) {
    if (!host.present()) return fail(host, spec.id, 'nobody is there to accept the changes');
    if (journal.state.tasks.get(spec.id)?.status !== 'waiting') {
      journal.append({ type: 'task-waiting', task: spec.id, on: `changes of ${tasks.join(', ')}` });
    }
    const deciding = ['review-outcome', 'write-outcome', 'task-completed'] as const;
    await until(journal, deciding, () => decided(journal, tasks) !== undefined, signal);
  }
  const outcome = decided(journal, tasks);
  if (signal.aborted || !outcome) return;
  const { rejected } = outcome;
  if (rejected.length === 0) complete(host, spec.id, 'the changes were accepted');
  else fail(host, spec.id, `the changes of ${rejected.join(', ')} were rejected`);
}
