import type { CommandTask } from '../../protocol/plan.ts';
import type { TaskState } from '../session/state.ts';
import { runCheck } from './checks.ts';
import { beginTask, complete, fail, PLAN, type PlainTaskHost } from './plain-task.ts';

const AGAIN = 'Run it again';
const DONE = 'It is done';
const FAILED = 'It failed';
/** What a command waits for that was cut off. */
const CUT_OFF = 'a person, who says whether its command, which was cut off, may run again';
/** A command may change the world: cut off, it is never run again unless a person says so. */
export async function runCommandTask(spec: CommandTask, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  const task = beginTask(spec.id, host);
  if (!task) return;
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
