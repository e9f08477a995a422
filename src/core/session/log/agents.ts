import type { PlannedAgent } from '../../../protocol/events.ts';
import { counted } from '../../../protocol/show.ts';
import { consumption } from '../figures.ts';
import { code, plain, title } from '../markdown.ts';
import { notStarted } from '../roster.ts';
import type { AgentState, SessionState } from '../state.ts';

/** Sections with one entry for each of something show the latest of them. */
const MOST_AGENTS = 60;
const MOST_PLANNED = 30;

/** Everybody who has begun, and whom the plan has begin. */
export function configuration(state: SessionState): string[] {
  const agents = shown(state);
  const left = state.agents.size - agents.length;
  const planned = notStarted(state);
  const more = planned.length - MOST_PLANNED;
  return [
    '## Agent Configuration',
    '',
    ...(agents.length + planned.length === 0 ? ['*No agent yet*', ''] : []),
    ...(left > 0 ? [`*${counted(left, 'agent')} that ended earlier: see the report*`, ''] : []),
    ...agents.flatMap(agent => agentCard(state, agent)),
    ...planned.slice(0, MOST_PLANNED).flatMap(one => plannedCard(state, one)),
    ...(more > 0 ? [`*${more} more have not started*`, ''] : []),
  ];
}

/** Those at work, and the last of those that have ended. */
function shown(state: SessionState): AgentState[] {
  const all = [...state.agents.values()];
  if (all.length <= MOST_AGENTS) return all;
  const atWork = all.filter(agent => agent.endedAt === undefined).slice(-MOST_AGENTS);
  const ended = all.filter(agent => agent.endedAt !== undefined);
  return [...ended.slice(ended.length - (MOST_AGENTS - atWork.length)), ...atWork];
}

const taskOf = (state: SessionState, id: string | undefined): string => {
  const task = id === undefined ? undefined : state.tasks.get(id)?.task;
  return task ? plain(task.title) : 'none of the plan';
};

function agentCard(state: SessionState, agent: AgentState): string[] {
  const { called, route } = agent;
  const doing = agent.doing === undefined ? '' : `, ${plain(agent.doing)}`;
  const first = called.at(-1) ?? route[0];
  const model =
    called.length > 0
      ? called.map(code).join(', then ')
      : first === undefined
        ? 'unknown'
        : `${code(first)}, not called so far`;
  return [
    `### ${first === undefined ? 'No model yet' : plain(first)} - ${plain(title(agent.role))}`,
    '',
    `- **Agent ID**: ${code(agent.agent)}`,
    `- **Model**: ${model}`,
    `- **Role**: ${plain(agent.role)}`,
    `- **Tasks**: ${taskOf(state, agent.task)}`,
    `- **Status**: ${title(agent.status)}${doing}`,
    `- **Used**: ${consumption(agent.tally)} in ${counted(agent.tally.calls, 'call')}`,
    '',
  ];
}

function plannedCard(state: SessionState, { agent, role, task, part, route }: PlannedAgent): string[] {
  const [first = ''] = route;
  return [
    `### ${plain(first)} - ${plain(title(role))}`,
    '',
    `- **Agent ID**: ${code(agent)}`,
    `- **Model**: ${code(first)}`,
    `- **Role**: ${plain(role)}`,
    `- **Tasks**: ${taskOf(state, task)}${part === 'review' ? ' (review)' : ''}`,
    '- **Status**: Not Started',
    '',
  ];
}
