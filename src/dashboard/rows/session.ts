import { progressOf, sessionStanding } from '../../core/session/standing.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { OverviewView, Row, SessionView } from '../../protocol/dashboard-rows.ts';
import type { EventOf } from '../../protocol/events.ts';
import { given } from './given.ts';
import { nextSteps } from './next-steps.ts';
import { tallyView } from './work.ts';

/** What is asked of a session to show it. */
type ViewedSession = Parameters<typeof nextSteps>[0];

const PHASES_SHOWN = 50;

function planView(state: SessionState): SessionView['plan'] {
  const { plan, estimate } = state;
  if (!plan) return undefined;
  return {
    revision: state.planRevision,
    approved: state.planApproved,
    ...given({ rationale: plan.rationale, estimate: estimate && given(estimate) }),
  };
}

function budgetSpentView(event: EventOf<'budget-spent'>): NonNullable<SessionView['budgetSpent']> {
  const { scope, key, action, spent, limit, next, free = false } = event;
  const left = spent === undefined || limit === undefined ? undefined : Math.max(0, limit - spent);
  return { scope, key, action, free, ...given({ left, next }) };
}

export function sessionView(session: ViewedSession): SessionView {
  const { state, runs } = session;
  const { spent } = state.budget;
  return {
    session: state.session,
    goal: state.goal,
    status: state.status,
    standing: sessionStanding(state, runs),
    progress: progressOf(state.tasks.values()),
    rehearsal: state.rehearsal,
    activeMs: state.activeMs,
    resumes: state.resumes,
    next: nextSteps(session),
    phases: state.phases.slice(-PHASES_SHOWN).map(phase => ({ ...phase })),
    planRefusals: state.planRefusals,
    tally: tallyView(state.tally),
    switches: state.switches,
    discarded: state.discarded,
    escalations: state.escalations,
    denied: state.deniedPermissions,
    ...given({
      outcome: state.outcome,
      startedAt: state.startedAt,
      workedAt: state.workedAt,
      pausedBy: state.pausedBy,
      unheld: unheldBecause(state),
      plan: planView(state),
      budgetSpent: spent && budgetSpentView(spent),
    }),
  };
}

/** As it was found when the session was begun, or resumed. */
function unheldBecause({ notices, history }: SessionState): string | undefined {
  const told = notices.findLast(({ code }) => code === 'not-held');
  const resumed = history.marks.findLast(({ kind }) => kind === 'resumed');
  return told && told.at >= (resumed?.at ?? 0) ? told.text : undefined;
}

/** Providers in the order in which they were first used. */
function spendingView({ history, providers }: SessionState): OverviewView['spending'] {
  const { points } = history.spending;
  const used = [...providers.keys()].filter(id => points.at(-1)?.by[id]);
  return {
    at: points.map(({ at }) => at),
    providers: used.map(id => ({
      id,
      cost: points.map(({ by }) => by[id]?.cost ?? 0),
      tokens: points.map(({ by }) => by[id]?.tokens ?? 0),
    })),
  };
}

export type Checklist = (state: SessionState) => OverviewView['checklist'];

export function overviewView(state: SessionState, checklist: Checklist): OverviewView {
  let pending = 0;
  for (const file of state.files.values()) if (file.status === 'pending') pending++;
  return {
    checklist: checklist(state),
    spending: spendingView(state),
    files: { touched: state.files.size, pending },
  };
}

/** For the picker. */
export function sessionRow({ state, runs }: ViewedSession): Row<'sessions'> {
  const { session: id, goal, startedAt } = state;
  return {
    id,
    goal,
    standing: sessionStanding(state, runs),
    asks: runs ? state.asks.size : 0,
    ...given({ startedAt }),
  };
}
