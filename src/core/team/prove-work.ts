import type { AgentTask } from '../../protocol/plan.ts';
import type { TaskProver } from '../agent/contract.ts';
import type { HashOf } from '../ports.ts';
import { checksLeft, checksOf } from '../session/check-runs.ts';
import type { Journal } from '../session/contract.ts';
import type { TaskState } from '../session/state.ts';
import { type CheckHost, runCheck } from './checks.ts';
import { type FlowLimits, failedRounds, topRound } from './flow.ts';
import { notProved } from './prompt.ts';

export interface ProveHost {
  journal: Journal;
  checks: CheckHost;
  limits: FlowLimits;
  hashOf: HashOf;
}

const NOT_YOURS =
  'Finished, as far as you are concerned. One of the checks could not be run to its end, which is for the plan to mend; should it be for you, you will be told.';
const DONE = { accepted: true, text: 'Finished.' };

/**
 * Runs the checks of the round whose agent says that it is done. What fails is told to the agent, and the next round is
 * its own: it mends in the conversation in which it has built. What is not for it to mend ends its work all the same.
 */
export function taskProver({ journal, checks, limits, hashOf }: ProveHost): TaskProver {
  const failed = (task: TaskState, round: number) => ({
    accepted: false,
    text: notProved(task, round, limits.checkFixes + 1 - failedRounds(journal.state, task), journal.state, hashOf),
  });
  return async ({ agent, task: id, call }, signal) => {
    const task = journal.state.tasks.get(id);
    if (!task || (task.task as AgentTask).checks.length === 0) return DONE;
    // The answer to this call was lost with the process that ran it.
    const told = task.rounds.find(round => round.agent === agent && round.call === call);
    if (told) {
      openFixRound(journal, task, agent);
      return failed(task, told.round);
    }
    const open = task.rounds.findLast(round => round.agent === agent && round.openBlockers === undefined);
    if (!open || open.kind === 'review') return DONE;
    const { round, kind } = open;
    for (const check of checksLeft((task.task as AgentTask).checks, checksOf(task, round))) {
      const { interrupted } = await runCheck(checks, { task: id, check, round }, signal);
      if (interrupted) return { accepted: false, text: 'Interrupted: the checks did not run to their end.' };
    }
    const failing = checksOf(task, round).filter(check => !check.ok);
    if (failing.length === 0) return DONE;
    if (failing.some(({ fault }) => fault !== undefined)) return { accepted: true, text: NOT_YOURS };
    if (failedRounds(journal.state, task) >= limits.checkFixes) {
      return { accepted: true, text: 'Its checks still fail. Others take it on from here.' };
    }
    journal.append({ type: 'round-ended', task: id, round, kind, openBlockers: failing.length, call });
    openFixRound(journal, task, agent);
    return failed(task, round);
  };
}

function openFixRound(journal: Journal, task: TaskState, agent: string): void {
  if (task.rounds.at(-1)?.openBlockers === undefined) return;
  const round = topRound(task) + 1;
  journal.append({ type: 'round-started', task: task.task.id, round, kind: 'fix', agent });
}
