import * as vscode from 'vscode';
import {
  hasEnded,
  isRetriable,
  phaseStanding,
  progressOf,
  sessionStanding,
  standing,
  taskStanding,
} from '../../core/session/standing.ts';
import { agentOf, helpersOf, type Node, taskOf } from './nodes.ts';
import { type Description, describeAgent, describeSession, describeTask, statusIcon, statusWord } from './words.ts';

const { t } = vscode.l10n;
const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** How a row is drawn, read aloud, and what may be done with it. Its tooltip is made when it is looked at. */
export function itemOf(node: Node, now: number, twin = false): vscode.TreeItem {
  const { item, described, over } = fill(node, now);
  const started = twin && node.kind === 'session' ? node.session.state.startedAt : undefined;
  const time = started === undefined ? undefined : new Date(started).toLocaleString(undefined, SHORT_TIME);
  // A narrow view cuts the end, and what is said of a row is worth more than the end of its name.
  item.label = [described.state, time, item.label].filter(Boolean).join(' · ');
  // A row that gets its first children, or is over, is a new one for VS Code: it would stay closed, or open, otherwise.
  item.id = item.collapsibleState === None ? node.id : `${node.id}/${over ? 'over' : ''}`;
  item.description = described.shown;
  const spoken = [`${KIND[node.kind]()} ${nameOf(node)}`, ...described.whole.split(' · ')];
  item.accessibilityInformation = { label: spoken.filter(part => part).join(', ') };
  return item;
}

interface Filled {
  item: vscode.TreeItem;
  described: Description;
  /** Nothing happens in it any more: it closes. */
  over?: boolean;
}

const SHORT_TIME = { dateStyle: 'short', timeStyle: 'short' } as const;

const KIND: Record<Node['kind'], () => string> = {
  session: () => t('Session'),
  phase: () => t('Phase'),
  task: () => t('Task'),
  agent: () => t('Agent'),
};

const nothing: Description = { shown: '', whole: '' };
const asks = () => new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('notificationsWarningIcon.foreground'));

function nameOf(node: Node): string {
  switch (node.kind) {
    case 'session':
      return node.session.state.goal || node.session.id;
    case 'phase':
      return node.phase;
    case 'task':
      return taskOf(node)?.task.title ?? node.task;
    case 'agent':
      return node.agent;
  }
}

/** Leaves room for what is said beside it; the whole text is in the tooltip, and read aloud. */
const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 39).trimEnd()}…` : text);

function fill(node: Node, now: number): Filled {
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

function sessionItem(node: Extract<Node, { kind: 'session' }>, now: number): Filled {
  const { state, place, owner } = node.session;
  const { runs } = node.session;
  const item = new vscode.TreeItem(shortened(nameOf(node)), runs ? Expanded : Collapsed);
  const elsewhere = owner?.host === 'terminal' ? t('in a terminal') : t('in another window');
  const told = describeSession(node.session, now);
  const foreign = node.session.origin === 'own' ? '' : t('from elsewhere');
  const flags = [foreign, place === 'elsewhere' ? elsewhere : '', state.rehearsal ? t('demo') : ''].filter(
    flag => flag,
  );
  const join = (parts: string[]) => parts.filter(part => part).join(' · ');
  item.iconPath = state.asks.size > 0 && runs ? asks() : statusIcon(sessionStanding(state, runs));
  item.contextValue = [
    'session',
    runs ? (state.status === 'paused' ? 'paused' : 'runs') : 'over',
    node.session.resumable ? 'resumable' : '',
    node.session.finished ? 'finished' : '',
    foreign && 'foreign',
    runs && state.asks.size > 0 ? 'asks' : '',
  ]
    .filter(Boolean)
    .join(' ');
  const described = { state: told.state, shown: join([...flags, told.shown]), whole: join([told.whole, ...flags]) };
  return { item, described };
}

function phaseItem({ session, phase }: Extract<Node, { kind: 'phase' }>): Filled {
  const tasks = [...session.state.tasks.values()].filter(({ task }) => task.phase === phase);
  const { done, total } = progressOf(tasks);
  const status = phaseStanding(session.state, phase, session.runs);
  const over = hasEnded(status);
  const item = new vscode.TreeItem(phase, over ? Collapsed : Expanded);
  item.iconPath = statusIcon(status);
  item.contextValue = 'phase';
  const state = t('{0} of {1}', done, total);
  return { item, over, described: { state, shown: '', whole: `${statusWord(status)} · ${state}` } };
}

function taskItem(node: Extract<Node, { kind: 'task' }>, now: number): Filled {
  const state = taskOf(node);
  if (!state) return { item: new vscode.TreeItem(node.task, None), described: nothing };
  const open = state.endedAt === undefined ? Expanded : Collapsed;
  const item = new vscode.TreeItem(shortened(nameOf(node)), state.agents.length === 0 ? None : open);
  const status = taskStanding(node.session.state, state, node.session.runs);
  item.iconPath = statusIcon(status);
  item.contextValue = isRetriable(state) ? 'task retriable' : 'task';
  return { item, over: state.endedAt !== undefined, described: describeTask({ ...state, status }, now) };
}

function agentItem(node: Extract<Node, { kind: 'agent' }>, now: number): Filled {
  const state = agentOf(node);
  const item = new vscode.TreeItem(node.agent, helpersOf(node).length > 0 ? Collapsed : None);
  if (!state) return { item, described: nothing };
  const { runs } = node.session;
  const stopped = !runs && state.endedAt === undefined;
  const status = standing(node.session.state, state, runs);
  item.iconPath = state.openAsks > 0 && runs ? asks() : statusIcon(status);
  // A helper ends with who asked it: there is nothing to be done with it.
  const works = runs && state.endedAt === undefined && state.call === undefined;
  item.contextValue = [
    'agent',
    works ? (state.status === 'paused' ? 'paused' : 'runs') : 'over',
    runs && state.openAsks > 0 ? 'asks' : '',
  ]
    .filter(Boolean)
    .join(' ');
  item.command = { command: 'orchestrate.openTranscript', title: t('Open Transcript'), arguments: [node] };
  return { item, described: describeAgent({ ...state, status, ...(stopped && { openAsks: 0 }) }, now) };
}
