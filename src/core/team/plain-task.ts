import type { EventOf } from '../../protocol/events.ts';
import type { ApprovalTask, CheckTask, CommandTask } from '../../protocol/plan.ts';
import { checkText } from '../plan/check-text.ts';
import type { Journal } from '../session/contract.ts';
import type { TaskState } from '../session/state.ts';
import type { AttentionQueue } from './attention.ts';
import { type CheckHost, runCheck } from './checks.ts';
import { reviewOf } from './reviews.ts';

export interface PlainTaskHost {
  journal: Journal;
  checks: CheckHost;
  attention: AttentionQueue;
  /** Approvals need nobody: the user said yes to all beforehand. */
  approveAll: boolean;
  present(): boolean;
  /** Leaves the task as it is for a run in which a person can say what becomes of it. */
  leave(task: string): void;
}

const AGAIN = 'Run it again';
const DONE = 'It is done';
const FAILED = 'It failed';
/** What a command waits for that was cut off. */
const CUT_OFF = 'a person, who says whether its command, which was cut off, may run again';
/** In whose name the plan's own questions are asked. */
const PLAN = 'plan';

/** Takes a command, check or approval task from wherever it stands to its end. */
export async function runPlainTask(id: string, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  const { journal } = host;
  const task = journal.state.tasks.get(id);
  if (!task) return;
  const resumed = task.status === 'running' || task.status === 'checking';
  if (!resumed && task.status !== 'waiting') {
    journal.append({ type: 'task-started', task: id, attempt: task.attempt + 1 });
  }
  const spec = task.task;
  if (spec.kind === 'command') return command(spec, task, host, signal);
  if (spec.kind === 'check') return check(spec, task, host, signal);
  if (spec.kind === 'approval') return approval(spec, host, signal);
}

const complete = ({ journal }: PlainTaskHost, task: string, summary: string) =>
  void journal.append({ type: 'task-completed', task, summary });
const fail = ({ journal }: PlainTaskHost, task: string, reason: string) =>
  void journal.append({ type: 'task-failed', task, reason, final: true });

/** A command may change the world: cut off, it is never run again unless a person says so. */
async function command(spec: CommandTask, task: TaskState, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  const round = task.attempt;
  const earlier = task.checks.findLast(done => done.round === round);
  if (earlier?.interrupted) {
    const said = await sayWhatBecameOfIt(spec, task, host, signal);
    if (said === undefined) return;
    if (said === DONE) return complete(host, spec.id, 'done, says the user');
    if (said === FAILED) return fail(host, spec.id, 'cut off, and failed, says the user');
    host.journal.append({ type: 'task-started', task: spec.id, attempt: round });
  }
  const limit = spec.timeoutSeconds === undefined ? {} : { timeoutSeconds: spec.timeoutSeconds };
  const done =
    earlier && !earlier.interrupted
      ? earlier
      : await runCheck(host.checks, { task: spec.id, check: { run: spec.run, ...limit }, round }, signal);
  if (done.interrupted) return;
  if (done.ok) complete(host, spec.id, `${spec.run}: exit code 0`);
  else
    fail(
      host,
      spec.id,
      `${spec.run}: ${done.exit === undefined ? 'did not run to its end' : `exit code ${done.exit}`}`,
    );
}

/** Undefined: it is over for this run, and the task waits for one in which a person is there. */
async function sayWhatBecameOfIt(
  { id, title, run }: CommandTask,
  { status }: TaskState,
  { journal, attention, present, leave }: PlainTaskHost,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (status !== 'waiting') journal.append({ type: 'task-waiting', task: id, on: CUT_OFF });
  const text = `The command of task "${title}" (${id}) was cut off, and nobody knows what it has done: ${run}`;
  const options = [AGAIN, DONE, FAILED];
  while (present() && !signal.aborted) {
    const answer = await attention.question({ agent: PLAN, text, options }, signal);
    if (answer.answered && options.includes(answer.text)) return answer.text;
  }
  if (!signal.aborted) leave(id);
  return undefined;
}

async function check(spec: CheckTask, task: TaskState, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  const round = task.attempt;
  const done: EventOf<'check-ended'>[] = task.checks.filter(earlier => earlier.round === round && !earlier.interrupted);
  for (const next of spec.checks.slice(done.length)) {
    const ended = await runCheck(host.checks, { task: spec.id, check: next, round }, signal);
    if (ended.interrupted) return;
    done.push(ended);
  }
  const failed = done.filter(ended => !ended.ok).map(ended => checkText(ended.check));
  if (failed.length > 0) fail(host, spec.id, `failed: ${failed.join(', ')}`);
  else complete(host, spec.id, `${done.length} checks passed`);
}

async function approval(spec: ApprovalTask, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
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
    await untilDecided(journal, tasks, signal);
  }
  const outcome = decided(journal, tasks);
  if (signal.aborted || !outcome) return;
  const { rejected } = outcome;
  if (rejected.length === 0) complete(host, spec.id, 'the changes were accepted');
  else fail(host, spec.id, `the changes of ${rejected.join(', ')} were rejected`);
}

function untilDecided(journal: Journal, tasks: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const finish = () => {
      subscription.dispose();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const subscription = journal.subscribe(event => {
      const telling =
        event.type === 'review-outcome' || event.type === 'write-outcome' || event.type === 'task-completed';
      if (telling && decided(journal, tasks)) finish();
    });
    signal.addEventListener('abort', finish);
  });
}
