import { stoppedByOutage } from '../../core/session/standing.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { NextStep } from '../../protocol/dashboard-rows.ts';
import type { ShownSession } from '../sessions.ts';

type Standing = Pick<ShownSession, 'state' | 'runs'>;

/** What a person may want to do with a session as it stands, the likeliest first. */
export function nextSteps({
  state,
  runs,
  resumable,
  finished,
}: Pick<ShownSession, 'state' | 'runs' | 'resumable' | 'finished'>): NextStep[] {
  const steps: NextStep[] = [];
  if (waitsForPlan({ runs, state })) steps.push('approve-plan', 'open-plan', 'revise-plan', 'cancel-plan');
  else if (runs && state.asks.size > 0) steps.push('answer');
  if (resumable) steps.push('resume');
  for (const { status } of state.files.values()) {
    if (status !== 'pending') continue;
    steps.push('review');
    break;
  }
  // The scripted models of the demo know nothing more.
  if (finished && !state.rehearsal) steps.push('ask-for-more');
  if (state.outcome && !runs) steps.push('report');
  return steps;
}

const RESUMABLE: ReadonlySet<string> = new Set(['interrupted', 'budget-spent']);

/** What can be done with a session of the user's own as it stands: go on with it, or give it more to do. */
export function whatIsLeft(state: SessionState, runs: boolean): { resumable: boolean; finished: boolean } {
  const { outcome, status, planApproved } = state;
  const resumable = !runs && (!outcome || RESUMABLE.has(outcome.outcome) || stoppedByOutage(state));
  return { resumable, finished: !runs && !resumable && status === 'ended' && planApproved };
}

/** The session that waits for the person, else the newest. */
export const firstToShow = <S extends ShownSession>(sessions: readonly S[]): S | undefined =>
  sessions.find(waits) ?? sessions[0];

/** Whether the plan that it begins with waits for the person. */
export const waitsForPlan = ({ runs, state }: Standing): boolean => runs && state.status === 'awaiting-approval';

export const waits = ({ runs, state }: Standing): boolean => runs && state.asks.size > 0;
