import type { EventOf } from '../../protocol/events.ts';
import type { CheckTask } from '../../protocol/plan.ts';
import { counted } from '../../protocol/show.ts';
import { checkText } from '../plan/check-text.ts';
import { runCheck } from './checks.ts';
import { begin, complete, fail, type PlainTaskHost } from './plain-task.ts';

/** Checks that a round has already seen pass or fail are not run again. */
export async function runCheckTask(spec: CheckTask, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  const task = begin(spec.id, host);
  if (!task) return;
  const round = task.attempt;
  const done: EventOf<'check-ended'>[] = task.checks.filter(earlier => earlier.round === round && !earlier.interrupted);
  for (const next of spec.checks.slice(done.length)) {
    const ended = await runCheck(host.checks, { task: spec.id, check: next, round }, signal);
    if (ended.interrupted) return;
    done.push(ended);
  }
  const failed = done.filter(ended => !ended.ok).map(ended => checkText(ended.check));
  if (failed.length > 0) fail(host, spec.id, `failed: ${failed.join(', ')}`);
  else complete(host, spec.id, `${counted(done.length, 'check')} passed`);
}
