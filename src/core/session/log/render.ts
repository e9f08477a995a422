import { consumption } from '../figures.ts';
import { code, counted, dateTime, latest, list, plain, timeOfDay, title } from '../markdown.ts';
import type { AgentState, SessionState } from '../state.ts';
import { decisions, integrationChallenges, issues, notes } from './knowledge.ts';
import { metrics, realTimeStatus } from './status.ts';
import type { Timeline, TimelineSection } from './timeline.ts';

/** Sections with one entry for each of something show the latest of them. */
const MOST_AGENTS = 60;

/** The session log: a function of state and timeline alone. Its length, and so its cost, is bounded. */
export function renderLog(state: SessionState, timeline: Timeline): string {
  return [
    '# Orchestration Session Log',
    '',
    ...information(state),
    ...configuration(state),
    ...timelineOf(state, timeline),
    ...realTimeStatus(state),
    ...decisions(state),
    ...metrics(state),
    ...issues(state),
    ...integrationChallenges(state),
    ...notes(state),
    '---',
    '',
    '*Written while the session runs, from its journal. All times are UTC.*',
    '',
  ].join('\n');
}

function statusText(state: SessionState): string {
  if (state.outcome) return `${title(state.outcome.outcome)}: ${plain(state.outcome.reason)}`;
  if (state.status === 'paused') return `Paused by ${state.pausedBy ?? 'user'}`;
  return title(state.status);
}

function information(state: SessionState): string[] {
  const models = new Set([...state.models.keys(), ...[...state.agents.values()].flatMap(agent => agent.route)]);
  const facts: [string, string][] = [
    ['Session ID', code(state.session) || 'unknown'],
    ['Start Time', dateTime(state.startedAt)],
    ['Orchestrator', state.orchestrator === undefined ? 'unknown' : code(state.orchestrator)],
    ['Target', plain(state.goal, 1000) || 'unknown'],
    ['Providers', models.size === 0 ? 'none used yet' : latest([...models].sort().map(code), 20).join(', ')],
    ['Workspace', code(state.workspace) || 'unknown'],
    ['Status', `**${statusText(state)}**`],
  ];
  if (state.resumes > 0) facts.push(['Resumed', counted(state.resumes, 'time')]);
  if (state.rehearsal) facts.push(['Rehearsal', 'scripted models answered; no vendor was called']);
  return ['## Session Information', '', ...facts.map(([name, value]) => `- **${name}**: ${value}`), ''];
}

/** Whoever works, and the last of those who have ended. */
function shown(state: SessionState): AgentState[] {
  const all = [...state.agents.values()];
  if (all.length <= MOST_AGENTS) return all;
  const atWork = all.filter(agent => agent.endedAt === undefined).slice(-MOST_AGENTS);
  const ended = all.filter(agent => agent.endedAt !== undefined);
  return [...ended.slice(ended.length - (MOST_AGENTS - atWork.length)), ...atWork];
}

function configuration(state: SessionState): string[] {
  const agents = shown(state);
  const left = state.agents.size - agents.length;
  return [
    '## Agent Configuration',
    '',
    ...(agents.length === 0 ? ['*No agent yet*', ''] : []),
    ...(left > 0 ? [`*${left} agents that ended earlier are in the report*`, ''] : []),
    ...agents.flatMap(agent => agentCard(state, agent)),
  ];
}

function agentCard(state: SessionState, agent: AgentState): string[] {
  const model = agent.model ?? agent.route[0];
  const task = agent.task === undefined ? undefined : state.tasks.get(agent.task)?.task;
  const doing = agent.doing === undefined ? '' : `, ${plain(agent.doing)}`;
  return [
    `### ${model === undefined ? 'No model yet' : plain(model)} - ${plain(title(agent.role))}`,
    '',
    `- **Agent ID**: ${code(agent.agent)}`,
    `- **Model**: ${model === undefined ? 'unknown' : code(model)}`,
    `- **Role**: ${plain(agent.role)}`,
    `- **Tasks**: ${task ? plain(task.title) : 'none of the plan'}`,
    `- **Status**: ${title(agent.status)}${doing}`,
    `- **Used**: ${consumption(agent.tally)} in ${counted(agent.tally.calls, 'call')}`,
    '',
  ];
}

function timelineOf(state: SessionState, timeline: Timeline): string[] {
  const sections = new Map(timeline.sections.map(section => [section.phase, section]));
  // Phases that are still to come have their place too.
  for (const phase of state.plan?.phases ?? [])
    if (!sections.has(phase)) sections.set(phase, { phase, entries: [], omitted: 0 });
  const shown = [...sections.values()].flatMap(section => timelineSection(state, section));
  return ['## Session Timeline', '', ...(shown.length === 0 ? ['*Nothing yet*', ''] : shown)];
}

function timelineSection(state: SessionState, { phase, entries, omitted }: TimelineSection): string[] {
  const items = entries.map(({ at, text }) => `[${timeOfDay(at)}] ${text}`);
  // What was left out stood between the first and the latest ones.
  if (omitted > 0) items.splice(10, 0, `*${omitted} more; the journal holds them all*`);
  return [`### ${plain(title(phase))} Phase${phaseState(state, phase)}`, '', ...list(items, 'Nothing yet')];
}

function phaseState(state: SessionState, phase: string): string {
  const runs = state.phases.filter(run => run.phase === phase);
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) return '';
  const from = timeOfDay(first.startedAt);
  return last.endedAt === undefined ? ` (in progress, since ${from})` : ` (${from} - ${timeOfDay(last.endedAt)})`;
}
