import type { EventOf } from '../../protocol/events.ts';
import type { AgentTask, Check } from '../../protocol/plan.ts';
import { counted } from '../../protocol/show.ts';
import type { JobKind } from '../agent/contract.ts';
import { checksLeft, checksOf } from '../session/check-runs.ts';
import type { AgentState, Round, SessionState, TaskState } from '../session/state.ts';
import { type Climb, climbed } from './ladder.ts';

/** The part of those who do a task, not judge it. */
export type WorkKind = Exclude<JobKind, 'review' | 'look'>;

/** What has to be done next for an agent task. */
export type Step =
  | { do: 'start-attempt' }
  /** `goesOn`: the agent had finished, and is told what was not accepted. */
  | { do: 'work'; kind: WorkKind; round: number; agent?: string; goesOn?: true }
  /** An agent whose replacement was decided, but not carried out. */
  | { do: 'end-agent'; agent: string; reason: string }
  | { do: 'check'; round: number; checks: Check[] }
  /** Checks that could say nothing of the work: the plan has to be mended, not the work. */
  | { do: 'mend-plan'; round: number; kind: 'implement' | 'fix'; agent: string; faulty: EventOf<'check-ended'>[] }
  | { do: 'close-work'; round: number; kind: 'implement' | 'fix'; failing: number }
  | { do: 'review'; round: number; agent?: string; role: 'reviewer' | 'orchestrator' }
  | { do: 'close-review'; round: number; agent: string }
  | { do: 'complete'; summary: string }
  | { do: 'fail-attempt'; reason: string }
  | { do: 'climb'; trigger: 'checks-failed' | 'rounds-used-up' | 'ended'; agent: string; reason: string }
  | { do: 'ask'; agent: string; reason: string };

export interface FlowLimits {
  /** Fix rounds for failing checks in one attempt. */
  checkFixes: number;
}

const WORKING: ReadonlySet<string> = new Set(['running', 'paused', 'waiting', 'interrupted']);

/** The last decision about an agent that means more than a nudge. */
function decided(agent: AgentState): { rung: Climb; reason: string } | undefined {
  const last = agent.rungs.at(-1);
  return last && last.rung !== 'nudge' ? { rung: last.rung, reason: last.reason } : undefined;
}

/** Rounds since the task was last tried again. */
export const freshRounds = ({ rounds, roundsBefore = 0 }: TaskState): Round[] => rounds.slice(roundsBefore);

/** Rungs of those who did the work, or of those who reviewed it, in order. */
export function rungsOf(
  state: SessionState,
  task: TaskState,
  part: 'work' | 'review',
): AgentState['rungs'][number]['rung'][] {
  const agents = new Set(
    freshRounds(task)
      .filter(r => (r.kind === 'review') === (part === 'review'))
      .map(r => r.agent),
  );
  return [...agents].flatMap(agent => (state.agents.get(agent)?.rungs ?? []).map(({ rung }) => rung));
}

/** Rounds of the attempt under way. */
export function roundsOf(state: SessionState, task: TaskState): Round[] {
  return task.rounds.filter(round => (state.agents.get(round.agent)?.attempt ?? task.attempt) === task.attempt);
}

export const topRound = ({ rounds }: TaskState): number => Math.max(0, ...rounds.map(({ round }) => round));

/** Rounds of the attempt under way whose checks failed. */
export const failedRounds = (state: SessionState, task: TaskState): number =>
  roundsOf(state, task).filter(round => round.kind !== 'review' && (round.openBlockers ?? 0) > 0).length;

/** Reviews of the attempt under way that were given. */
export const reviewsGiven = (state: SessionState, task: TaskState): number =>
  roundsOf(state, task).filter(round => round.kind === 'review' && round.openBlockers !== undefined).length;

/** A conversation that was summarised so often is the problem, and another agent begins one of its own. */
const TOO_LONG = 2;

/** The next round of fixes: by the agent that did the work, in its own conversation, unless that is the problem. */
function fix(state: SessionState, task: TaskState, { agent }: Round): Step {
  const round = { do: 'work', kind: 'fix', round: topRound(task) + 1 } as const;
  const known = state.agents.get(agent);
  if (!known || known.worker !== undefined || known.segment >= TOO_LONG) return round;
  return known.status === 'completed' || WORKING.has(known.status) ? { ...round, agent, goesOn: true } : round;
}

/** Findings that keep the task from completing: blockers; failing those, what a disapproving reviewer named. */
export function openBlockers(state: SessionState, task: string, reviewer: string): number {
  const open = [...state.findings.values()].filter(finding => finding.task === task && !finding.resolved);
  const blockers = open.filter(finding => finding.severity === 'blocker').length;
  const verdict = state.verdicts.findLast(given => given.agent === reviewer);
  if (blockers > 0 || !verdict || verdict.approve) return blockers;
  return Math.max(1, open.filter(finding => finding.agent === reviewer && finding.severity === 'major').length);
}

/**
 * A pure function of the state, so that a task goes on after a crash exactly where it was: whatever the journal's last
 * event, the next step follows from it.
 */
export function nextStep(state: SessionState, task: TaskState, limits: FlowLimits): Step {
  const spec = task.task as AgentTask;
  if (task.status === 'pending' || task.status === 'waiting') return { do: 'start-attempt' };
  const rounds = roundsOf(state, task);
  const last = rounds.at(-1);
  if (!last) {
    return { do: 'work', kind: isEscalated(state, task) ? 'escalation' : 'implement', round: topRound(task) + 1 };
  }
  if (last.openBlockers === undefined) return openRound(state, task, spec, last);
  const worker = rounds.findLast(round => round.kind !== 'review') as Round;
  const decision = decided(state.agents.get(worker.agent) as AgentState);
  if (decision) return carryOut(decision, worker.agent);
  if (last.kind !== 'review') {
    if (last.openBlockers > 0) {
      if (failedRounds(state, task) <= limits.checkFixes) return fix(state, task, worker);
      const reason = `its checks still fail after ${limits.checkFixes} fix rounds`;
      return { do: 'climb', trigger: 'checks-failed', agent: worker.agent, reason };
    }
    if (spec.review) return { do: 'review', round: last.round, role: reviewerRole(state, task) };
  } else if (last.openBlockers > 0) {
    const reviews = reviewsGiven(state, task);
    if (reviews < (spec.review?.rounds ?? 1)) return fix(state, task, worker);
    const open = last.openBlockers === 1 ? '1 blocking finding is' : `${last.openBlockers} blocking findings are`;
    const reason = `${open} open after ${counted(reviews, 'review round')}`;
    return { do: 'climb', trigger: 'rounds-used-up', agent: worker.agent, reason };
  }
  return { do: 'complete', summary: state.agents.get(worker.agent)?.summary ?? '' };
}

/** The round under way: its agent works, has ended, or has been given up. */
function openRound(state: SessionState, task: TaskState, spec: AgentTask, last: Round): Step {
  const agent = state.agents.get(last.agent);
  const again = (id: string): Step =>
    last.kind === 'review'
      ? { do: 'review', round: last.round, agent: id, role: reviewerRole(state, task) }
      : {
          do: 'work',
          kind: workKind(state, task, last),
          round: last.round,
          agent: id,
          ...(sentBack(task, last) && { goesOn: true as const }),
        };
  if (!agent || last.waits) return again(last.agent);
  const decision = decided(agent);
  if (WORKING.has(agent.status)) {
    return decision ? { do: 'end-agent', agent: last.agent, reason: decision.reason } : again(last.agent);
  }
  if (agent.status === 'completed') {
    if (last.kind === 'review') return { do: 'close-review', round: last.round, agent: last.agent };
    const done = checksOf(task, last.round);
    const left = checksLeft(spec.checks, done);
    if (left.length > 0) return { do: 'check', round: last.round, checks: left };
    const faulty = done.filter(({ fault }) => fault !== undefined);
    if (faulty.length > 0) return { do: 'mend-plan', round: last.round, kind: last.kind, agent: last.agent, faulty };
    const failing = done.filter(check => !check.ok).length;
    return { do: 'close-work', round: last.round, kind: last.kind, failing };
  }
  if (!decision) return { do: 'climb', trigger: 'ended', agent: last.agent, reason: agent.summary ?? 'it ended' };
  if (last.kind !== 'review' || decision.rung === 'ask-user') return carryOut(decision, last.agent);
  return { do: 'review', round: last.round, role: reviewerRole(state, task) };
}

function carryOut({ rung, reason }: { rung: Climb; reason: string }, agent: string): Step {
  return rung === 'ask-user' ? { do: 'ask', agent, reason } : { do: 'fail-attempt', reason };
}

const firstRound = ({ rounds }: TaskState, agent: string) => rounds.find(round => round.agent === agent);

/** Whether the agent had finished before this round, and is told why there is one: not by the answer to its call. */
function sentBack({ rounds }: TaskState, last: Round): boolean {
  const before = rounds.slice(0, -1).findLast(round => round.agent === last.agent);
  return before !== undefined && before.call === undefined;
}

/** What an agent was started for: it stays so in its conversation, whatever rounds follow. */
export function jobKindOf(state: SessionState, task: TaskState, agent: string): WorkKind | undefined {
  const first = firstRound(task, agent);
  return first && workKind(state, task, first);
}

function workKind(state: SessionState, task: TaskState, round: Round): WorkKind {
  if (round.kind === 'fix') return 'fix';
  return isEscalated(state, task) ? 'escalation' : 'implement';
}

/** The orchestrator does the task itself by now. */
export function isEscalated(state: SessionState, task: TaskState): boolean {
  return climbed(rungsOf(state, task, 'work')).includes('escalation');
}

function reviewerRole(state: SessionState, task: TaskState): 'reviewer' | 'orchestrator' {
  return climbed(rungsOf(state, task, 'review')).includes('escalation') ? 'orchestrator' : 'reviewer';
}
