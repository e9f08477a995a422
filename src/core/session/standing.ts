import type { AgentState, AgentStatus, SessionState } from './state.ts';

/** `pausing`: its session is paused, and what it has begun goes on to its end first. */
export type Standing = AgentStatus | 'pausing';

/** How an agent stands for those who look at it: in a paused session nobody begins anything new. */
export function standing(state: SessionState, agent: AgentState): Standing {
  if (agent.status !== 'running' || state.status !== 'paused') return agent.status;
  return agent.openTools > 0 || isAnswered(state, agent.agent) ? 'pausing' : 'paused';
}

function isAnswered({ openCalls }: SessionState, agent: string): boolean {
  for (const { intent } of openCalls.values()) if (intent.agent === agent) return true;
  return false;
}
