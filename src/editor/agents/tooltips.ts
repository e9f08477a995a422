import * as vscode from 'vscode';
import { sessionStanding, standing, taskStanding, workingTime } from '../../core/session/standing.ts';
import { shownRequest } from '../../core/visible.ts';
import type { Step } from '../../protocol/events.ts';
import { showCosts, showDuration, showMoney } from '../../protocol/show.ts';
import { promptTokens } from '../../protocol/tokens.ts';
import { sheet } from '../sheet.ts';
import { agentOf, type Node, taskOf } from './nodes.ts';
import { elapsed, spending, statusWord } from './words.ts';

const { t } = vscode.l10n;

/** Everything a row has no room for. Texts of agents and people are shown as text, whatever is in them. */
export function tooltipOf(node: Node, now: number): vscode.MarkdownString | undefined {
  switch (node.kind) {
    case 'session':
      return sessionTooltip(node, now);
    case 'task':
      return taskTooltip(node, now);
    case 'agent':
      return agentTooltip(node, now);
    case 'phase':
      return undefined;
  }
}

function sessionTooltip({ session }: Extract<Node, { kind: 'session' }>, now: number): vscode.MarkdownString {
  const { state, place, owner, runs } = session;
  const limit = state.budget.limits.find(({ scope }) => scope === 'session')?.limit;
  const spent = showCosts(state.tally);
  const where = owner?.host === 'terminal' ? t('in a terminal') : t('in another window');
  const asks = [...state.asks.values()].map(({ agent }) => agent);
  return sheet(state.goal || session.id, [
    [t('State'), [statusWord(sessionStanding(state, runs)), state.outcome?.reason].filter(Boolean).join(': ')],
    [t('Waits for you'), asks.join(', ')],
    [t('Runs'), place === 'elsewhere' ? `${where}${owner ? ` (${t('process {0}', owner.pid)})` : ''}` : undefined],
    [t('Used'), spending(state.tally)],
    [t('Budget'), limit === undefined ? undefined : t('{0} of {1}', spent, showMoney(limit))],
    [t('Time'), showDuration(workingTime(state, now, runs))],
  ]);
}

function taskTooltip(node: Extract<Node, { kind: 'task' }>, now: number): vscode.MarkdownString | undefined {
  const state = taskOf(node);
  if (!state) return undefined;
  const { task, note, tally, startedAt, endedAt, attempt } = state;
  return sheet(task.title, [
    [t('State'), statusWord(taskStanding(node.session.state, state, node.session.runs))],
    [t('Note'), note],
    [t('Needs'), task.needs.join(', ')],
    [t('Role'), 'role' in task ? task.role : undefined],
    [t('Writes'), 'writes' in task ? [...task.writes, ...(state.granted ?? [])].join(', ') : undefined],
    [t('Attempt'), attempt > 1 ? String(attempt) : undefined],
    [t('Used'), spending(tally)],
    [t('Time'), elapsed(startedAt, endedAt, now)],
    [t('Id'), task.id],
  ]);
}

const MARKS: Record<Step['state'], string> = { done: '✓', doing: '▸', todo: '·' };

const stepsText = (steps: readonly Step[] = []): string | undefined =>
  steps.length === 0 ? undefined : steps.map(({ state, text }) => `${MARKS[state]} ${text}`).join('; ');

function agentTooltip(node: Extract<Node, { kind: 'agent' }>, now: number): vscode.MarkdownString | undefined {
  const state = agentOf(node);
  if (!state) return undefined;
  const { usage } = state.tally;
  const asks = [...node.session.state.asks.values()].find(({ agent }) => agent === state.agent)?.request;
  const last = state.rungs.at(-1);
  const stopped = node.session.place === 'nowhere' && state.endedAt === undefined;
  return sheet(state.agent, [
    [t('State'), statusWord(standing(node.session.state, state, node.session.runs))],
    [t('Now'), state.endedAt === undefined && !stopped ? state.doing : undefined],
    [t('Steps'), stepsText(state.steps)],
    [t('Waits for you'), asks?.type === 'question-asked' ? asks.text : asks && shownRequest(asks)],
    [t('Summary'), state.summary],
    [t('Role'), state.role],
    [t('Model'), state.model ?? state.route[0]],
    [t('Used'), spending(state.tally)],
    [
      t('Tokens'),
      state.tally.calls === 0
        ? undefined
        : t('{0} in, {1} of them from the cache, {2} out', promptTokens(usage), usage.cacheRead, usage.output),
    ],
    [t('Turns'), String(state.turns)],
    [t('Switches of model'), state.failovers > 0 ? String(state.failovers) : undefined],
    [t('Supervisor'), last && `${last.rung}: ${last.reason}`],
    [t('Time'), elapsed(state.startedAt, state.endedAt, now)],
  ]);
}
