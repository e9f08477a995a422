import * as vscode from 'vscode';
import { showDuration } from '../../protocol/show.ts';
import { agentOf, type Node, taskOf } from './nodes.ts';
import {
  describeAgent,
  describeSession,
  describeTask,
  sessionStatus,
  spending,
  statusIcon,
  statusWord,
} from './words.ts';

const { t } = vscode.l10n;
const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** How a row is drawn, read aloud, and what may be done with it. */
export function itemOf(node: Node, now: number): vscode.TreeItem {
  const item = fill(node, now);
  // A row that gets its first children is a new one for VS Code: it would stay closed otherwise.
  item.id = item.collapsibleState === None ? node.id : `${node.id}/`;
  const label = typeof item.label === 'string' ? item.label : (item.label?.label ?? '');
  item.accessibilityInformation = {
    label: `${KIND[node.kind]()} ${label}${item.description ? `, ${String(item.description).replaceAll(' · ', ', ')}` : ''}`,
  };
  return item;
}

const KIND: Record<Node['kind'], () => string> = {
  session: () => t('Session'),
  phase: () => t('Phase'),
  task: () => t('Task'),
  agent: () => t('Agent'),
};

/** Leaves room for what is said beside it; the whole text is in the tooltip. */
const shortened = (text: string) => (text.length > 30 ? `${text.slice(0, 29).trimEnd()}…` : text);

function fill(node: Node, now: number): vscode.TreeItem {
  switch (node.kind) {
    case 'session':
      return sessionItem(node, now);
    case 'phase':
      return phaseItem(node);
    case 'task':
      return taskItem(node, now);
    case 'agent':
      return agentItem(node, now);
  }
}

function sessionItem({ session }: Extract<Node, { kind: 'session' }>, now: number): vscode.TreeItem {
  const { state, place } = session;
  const runs = place !== 'nowhere';
  const item = new vscode.TreeItem(shortened(state.goal || session.id), runs ? Expanded : Collapsed);
  const status = runs || state.status === 'ended' ? sessionStatus(state) : 'interrupted';
  item.description = [
    place === 'elsewhere' ? t('another window') : undefined,
    state.rehearsal ? t('demo') : undefined,
    runs || state.status === 'ended' ? describeSession(state, now) : statusWord('interrupted'),
  ]
    .filter(Boolean)
    .join(' · ');
  item.iconPath =
    state.asks.size > 0 && runs
      ? new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('notificationsWarningIcon.foreground'))
      : statusIcon(status);
  item.contextValue = [
    'session',
    runs ? (state.status === 'paused' ? 'paused' : 'runs') : 'over',
    session.resumable ? 'resumable' : '',
    runs && state.asks.size > 0 ? 'asks' : '',
  ]
    .filter(Boolean)
    .join(' ');
  const tooltip = new vscode.MarkdownString(undefined, true);
  tooltip.appendText(`${state.goal}\n`);
  tooltip.appendMarkdown(
    `\n${[statusWord(status), spending(state.tally), showDuration(state.activeMs)].filter(Boolean).join(' · ')}`,
  );
  if (state.outcome) tooltip.appendMarkdown('\n\n').appendText(state.outcome.reason);
  item.tooltip = tooltip;
  return item;
}

function phaseItem({ session, phase }: Extract<Node, { kind: 'phase' }>): vscode.TreeItem {
  const tasks = [...session.state.tasks.values()].filter(({ task }) => task.phase === phase);
  const done = tasks.filter(({ status }) => status === 'completed').length;
  const item = new vscode.TreeItem(phase, Expanded);
  item.description = t('{0} of {1} done', done, tasks.length);
  const over = tasks.every(({ endedAt }) => endedAt !== undefined);
  const failed = tasks.some(({ status }) => status === 'failed');
  item.iconPath = statusIcon(failed ? 'failed' : over ? 'completed' : done > 0 ? 'running' : 'pending');
  item.contextValue = 'phase';
  return item;
}

function taskItem(node: Extract<Node, { kind: 'task' }>, now: number): vscode.TreeItem {
  const state = taskOf(node);
  if (!state) return new vscode.TreeItem(node.task, None);
  const item = new vscode.TreeItem(
    shortened(state.task.title),
    state.agents.length === 0 ? None : state.endedAt === undefined ? Expanded : Collapsed,
  );
  item.description = describeTask(state, now);
  item.iconPath = statusIcon(state.status);
  item.contextValue = 'task';
  const tooltip = new vscode.MarkdownString(undefined, true);
  tooltip.appendText(`${state.task.id}: ${state.task.title}`);
  if (state.note) tooltip.appendMarkdown('\n\n').appendText(state.note);
  item.tooltip = tooltip;
  return item;
}

function agentItem(node: Extract<Node, { kind: 'agent' }>, now: number): vscode.TreeItem {
  const state = agentOf(node);
  if (!state) return new vscode.TreeItem(node.agent, None);
  const item = new vscode.TreeItem(state.agent, None);
  item.description = describeAgent(state, now);
  const runs = node.session.place !== 'nowhere';
  const stopped = !runs && state.endedAt === undefined;
  item.iconPath =
    state.openAsks > 0 && runs
      ? new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('notificationsWarningIcon.foreground'))
      : statusIcon(stopped ? 'interrupted' : state.status);
  item.contextValue = [
    'agent',
    runs && state.endedAt === undefined ? (state.status === 'paused' ? 'paused' : 'runs') : 'over',
    runs && state.openAsks > 0 ? 'asks' : '',
  ]
    .filter(Boolean)
    .join(' ');
  item.tooltip = agentTooltip(node);
  item.command = { command: 'orchestrate.openTranscript', title: t('Open Transcript'), arguments: [node] };

  return item;
}

function agentTooltip(node: Extract<Node, { kind: 'agent' }>): vscode.MarkdownString {
  const state = agentOf(node);
  const text = new vscode.MarkdownString(undefined, true);
  if (!state) return text;
  const { usage } = state.tally;
  text.appendText(`${state.agent} · ${statusWord(state.status)}`);
  const rows: [string, string | undefined][] = [
    [t('Role'), state.role],
    [t('Model'), state.model ?? state.route[0]],
    [t('Now'), state.endedAt === undefined ? state.doing : undefined],
    [t('Turns'), String(state.turns)],
    [t('Tokens in'), String(usage.input + usage.cacheRead + usage.cacheWrite)],
    [t('Tokens out'), String(usage.output)],
    [t('Switches of model'), state.failovers > 0 ? String(state.failovers) : undefined],
    [t('Summary'), state.summary],
  ];
  for (const [name, value] of rows) {
    if (value) text.appendMarkdown(`\n\n**${name}** `).appendText(value);
  }
  return text;
}
