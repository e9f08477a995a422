import { openCost } from '../core/session/figures.ts';
import type { SessionState } from '../core/session/state.ts';

/** A session in numbers, for programs. */
export function summaryOf(state: SessionState) {
  return {
    session: state.session,
    goal: state.goal,
    status: state.status,
    outcome: state.outcome,
    startedAt: state.startedAt,
    lastAt: state.lastAt,
    tasks: [...state.tasks.values()].map(({ task, status, attempt, note }) => ({ id: task.id, status, attempt, note })),
    agents: [...state.agents.values()].map(({ agent, role, task, status, model, doing, tally }) => ({
      agent,
      role,
      task,
      status,
      model,
      doing,
      usage: tally.usage,
      costNanoUsd: tally.cost,
    })),
    usage: state.tally.usage,
    costNanoUsd: state.tally.cost,
    openCallsAtMostNanoUsd: openCost(state),
    limitNanoUsd: state.budget.limits.find(({ scope }) => scope === 'session')?.limit,
    callsWithUnknownCost: state.tally.unknownCost,
    asks: [...state.asks.values()].map(({ ask, agent, request }) => ({ ask, agent, request })),
    files: [...state.files.values()].map(({ path, status }) => ({ path, status })),
  };
}
