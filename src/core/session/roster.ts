import type { PlannedAgent } from '../../protocol/events.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { AgentState, SessionState } from './state.ts';

/** Whom the plan has begin, and who has not: of tasks that are still to be done. */
export function notStarted(state: SessionState): PlannedAgent[] {
  return [...state.roster.values()].filter(({ agent, task: id, part }) => {
    const task = state.tasks.get(id);
    if (!task || task.dropped || state.agents.has(agent)) return false;
    const begun = task.rounds.some(round => (round.kind === 'review') === (part === 'review'));
    return !begun && task.endedAt === undefined;
  });
}

/** The roles that plan and lead. */
export const leads = ({ role }: Pick<AgentState, 'role'>): boolean => role === 'orchestrator' || role === 'planner';

/** The orchestrator's model: the last one that was asked, else the first that will be. */
export function orchestratorOf(state: SessionState): { model: ModelRef; called: boolean } | undefined {
  const model = [...state.agents.values()].findLast(agent => leads(agent) && agent.called.length > 0)?.called.at(-1);
  if (model !== undefined) return { model, called: true };
  return state.orchestrator === undefined ? undefined : { model: state.orchestrator, called: false };
}
