import { counted } from '../../../protocol/show.ts';
import { code, dateTime, latest, list, plain, timeOfDay, title } from '../markdown.ts';
import { notStarted, orchestratorOf } from '../roster.ts';
import type { SessionState } from '../state.ts';
import { configuration } from './agents.ts';
import { decisions } from './decisions.ts';
import { ending } from './ending.ts';
import { integrationChallenges } from './integration.ts';
import { issues, notes } from './knowledge.ts';
import { metrics, realTimeStatus } from './status.ts';
import type { Timeline, TimelineSection } from './timeline.ts';

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
    ...ending(state),
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
  const orchestrator = orchestratorOf(state);
  const called = [...state.models.keys()].sort();
  const planned = new Set(notStarted(state).flatMap(({ route }) => route.slice(0, 1)));
  const next = [...planned].filter(model => !state.models.has(model)).sort();
  const models = (all: string[]) => latest(all.map(code), 20).join(', ');
  const facts: [string, string][] = [
    ['Session ID', code(state.session) || 'unknown'],
    ['Start Time', dateTime(state.startedAt)],
    [
      'Orchestrator',
      orchestrator ? `${code(orchestrator.model)}${orchestrator.called ? '' : ', not called so far'}` : 'unknown',
    ],
    ['Target', plain(state.goal, 1000) || 'unknown'],
    ['Providers', called.length === 0 ? 'none called so far' : models(called)],
    ...(next.length > 0 ? [['Planned, not called so far', models(next)] as [string, string]] : []),
    ['Workspace', code(state.workspace) || 'unknown'],
    ['Status', `**${statusText(state)}**`],
  ];
  if (state.resumes > 0) facts.push(['Resumed', counted(state.resumes, 'time')]);
  if (state.rehearsal) facts.push(['Rehearsal', 'scripted models answered; no vendor was called']);
  return ['## Session Information', '', ...facts.map(([name, value]) => `- **${name}**: ${value}`), ''];
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
