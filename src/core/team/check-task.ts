import type { EventOf } from '../../protocol/events.ts';
import type { Check, CheckTask } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';
import { counted } from '../../protocol/show.ts';
import { checkText } from '../plan/check-text.ts';
import { checksLeft, checksOf, lastWords } from '../session/check-runs.ts';
import type { SessionState, TaskState } from '../session/state.ts';
import { runCheck } from './checks.ts';
import { beginTask, complete, fail, type PlainTaskHost } from './plain-task.ts';
import { REPAIRS, repairsOf, repairTask } from './repair.ts';

/**
 * Checks that a round has already seen pass or fail are not run again. What fails is mended by a task of its own, after
 * which all of them run once more; what could say nothing of the work is for the plan to mend.
 */
export async function runCheckTask({ id }: CheckTask, host: PlainTaskHost, signal: AbortSignal): Promise<void> {
  const { journal } = host;
  const before = journal.state.tasks.get(id);
  const unmended = before?.status === 'pending' && repairsOf(journal.state, before).at(-1);
  if (unmended && unmended.status !== 'completed') {
    return fail(host, id, `${before.note ?? 'its checks failed'}; not mended by ${unmended.task.id}: ${unmended.note}`);
  }
  const task = beginTask(id, host);
  if (!task) return;
  const round = task.attempt;
  for (;;) {
    const spec = specOf(host, id);
    for (const check of checksLeft(spec.checks, checksOf(task, round))) {
      const ended = await runCheck(host.checks, { task: id, check, round }, signal);
      if (ended.interrupted) return;
    }
    for (const { check } of onceFailed(host, task, round)) {
      const ended = await runCheck(host.checks, { task: id, check, round }, signal);
      if (ended.interrupted) return;
    }
    const said = checksOf(task, round);
    const failed = lastWords(said).filter(({ ok }) => !ok);
    if (failed.length === 0) return complete(host, id, passedText(spec, said));
    if (failed.some(({ fault }) => fault !== undefined)) {
      await host.mendPlan(id, signal);
      if (signal.aborted || journal.state.tasks.get(id)?.status !== 'checking') return;
      if (specOf(host, id) !== spec) continue;
    }
    return end(spec, task, failed, host);
  }
}

/**
 * In a standing team a check that fails is work for somebody. Where nobody here has built what it looks at, it is run once more,
 * so that one which now passes and now fails is no such work.
 */
function onceFailed({ journal, checks }: PlainTaskHost, task: TaskState, round: number): EventOf<'check-ended'>[] {
  if (!checks.stoodOn || someBuilt(journal.state)) return [];
  const said = checksOf(task, round);
  return lastWords(said).filter(({ ok, fault, check }) => !ok && fault === undefined && timesSaid(said, check) === 1);
}

const timesSaid = (said: readonly EventOf<'check-ended'>[], check: Check): number =>
  said.filter(run => checkText(run.check) === checkText(check)).length;

const someBuilt = ({ tasks }: SessionState): boolean =>
  [...tasks.values()].some(({ task, dropped }) => isAgentTask(task) && !dropped);

function passedText({ checks }: CheckTask, said: readonly EventOf<'check-ended'>[]): string {
  const again = said.flatMap(({ ok, check }) => (ok ? [] : [checkText(check)]));
  const note = again.length === 0 ? '' : `, ${again.join(', ')} only when run again`;
  return `${counted(checks.length, 'check')} passed${note}`;
}

const specOf = ({ journal }: PlainTaskHost, id: string) => (journal.state.tasks.get(id) as TaskState).task as CheckTask;

function end(spec: CheckTask, task: TaskState, failed: readonly EventOf<'check-ended'>[], host: PlainTaskHost): void {
  const { journal } = host;
  const { id } = spec;
  const reason = `failed: ${failed.map(({ check }) => checkText(check)).join(', ')}`;
  const refused = failed.find(({ fault }) => fault === 'refused');
  const earlier = repairsOf(journal.state, task);
  if (refused) fail(host, id, `${reason}; ${refused.output?.text ?? 'it was refused'}`);
  // One was added already when the process ended.
  else if (earlier.some(({ repairs }) => repairs?.attempt === task.attempt)) wait(host, id, reason);
  else if (!someBuilt(journal.state) || earlier.length >= REPAIRS) fail(host, id, reason);
  else {
    const repair = repairTask(journal.state, spec, failed, host);
    journal.append({ type: 'task-added', task: repair, by: 'scheduler', reason: `${id} ${reason}`, repairs: id });
    wait(host, id, reason);
    host.add(repair);
  }
}

const wait = ({ journal }: PlainTaskHost, task: string, reason: string) =>
  void journal.append({ type: 'task-failed', task, reason, final: false });
