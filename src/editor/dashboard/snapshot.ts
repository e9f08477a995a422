import type { SessionState } from '../../core/session/state.ts';
import type { SessionView, Snapshot } from '../../protocol/dashboard.ts';
import type { Readiness } from '../workspace-readiness.ts';

export function snapshot(revision: number, workspace: Readiness, state: SessionState | undefined): Snapshot {
  return { type: 'snapshot', revision, workspace, ...(state ? { session: sessionView(state) } : {}) };
}

function sessionView(state: SessionState): SessionView {
  return {
    session: state.session,
    goal: state.goal,
    status: state.status,
    agents: state.agents.size,
    cost: state.tally.cost,
  };
}
