import * as vscode from 'vscode';
import type { AgentState, AgentStatus, SessionState, Tally, TaskState, TaskStatus } from '../../core/session/state.ts';
import { showCount, showDuration, showMoney } from '../../protocol/show.ts';

const { t } = vscode.l10n;

type Status = AgentStatus | TaskStatus | SessionState['status'];

/** What a state is called, for eyes and for screen readers. */
export function statusWord(status: Status): string {
  const words: Record<Status, string> = {
    new: t('new'),
    planning: t('planning'),
    'awaiting-approval': t('plan waits for you'),
    running: t('running'),
    paused: t('paused'),
    ended: t('ended'),
    pending: t('not started'),
    waiting: t('waiting'),
    checking: t('checking'),
    completed: t('completed'),
    failed: t('failed'),
    skipped: t('skipped'),
    cancelled: t('cancelled'),
    aborted: t('ended by you'),
    replaced: t('replaced'),
    interrupted: t('interrupted'),
  };
  return words[status];
}

const ICONS: Partial<Record<Status, [icon: string, colour?: string]>> = {
  planning: ['lightbulb', 'charts.blue'],
  'awaiting-approval': ['question', 'notificationsWarningIcon.foreground'],
  running: ['loading~spin', 'charts.blue'],
  checking: ['beaker', 'charts.blue'],
  paused: ['debug-pause', 'charts.yellow'],
  waiting: ['watch', 'charts.yellow'],
  completed: ['pass', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  interrupted: ['debug-disconnect', 'charts.yellow'],
  aborted: ['circle-slash', 'disabledForeground'],
  replaced: ['arrow-swap', 'disabledForeground'],
  skipped: ['debug-step-over', 'disabledForeground'],
  cancelled: ['circle-slash', 'disabledForeground'],
};

export function statusIcon(status: Status): vscode.ThemeIcon {
  const [icon, colour] = ICONS[status] ?? ['circle-large-outline', 'disabledForeground'];
  return new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}

/** How a session ended stands for its state. */
export function sessionStatus(state: SessionState): Status {
  if (state.status !== 'ended' || !state.outcome) return state.status;
  const { outcome } = state.outcome;
  return outcome === 'budget-spent' ? 'paused' : outcome;
}

export function elapsed(from: number | undefined, to: number | undefined, now: number): string | undefined {
  return from === undefined ? undefined : showDuration(Math.max(0, (to ?? now) - from));
}

const tokensOf = ({ usage }: Tally) => usage.input + usage.cacheRead + usage.cacheWrite + usage.output;

/** "12.3k tokens · $0.04"; what is unknown is said. */
export function spending(tally: Tally): string | undefined {
  if (tally.calls === 0) return undefined;
  const tokens = `${showCount(tokensOf(tally))}${tally.unknownUsage > 0 ? '+' : ''}`;
  const cost = `${showMoney(tally.cost)}${tally.unknownCost > 0 ? '+' : ''}`;
  return `${t('{0} tokens', tokens)} · ${cost}`;
}

const joined = (parts: (string | undefined)[]) => parts.filter(part => part).join(' · ');

export function describeSession(state: SessionState, now: number): string {
  const status = sessionStatus(state);
  const running = [...state.agents.values()].filter(agent => agent.status === 'running').length;
  const done = [...state.tasks.values()].filter(task => task.status === 'completed').length;
  return joined([
    status === 'running' && running > 0 ? t('{0} at work', running) : statusWord(status),
    state.tasks.size > 0 ? t('{0} of {1} done', done, state.tasks.size) : undefined,
    spending(state.tally),
    state.status === 'ended' ? showDuration(state.activeMs) : elapsed(state.startedAt, undefined, now),
  ]);
}

export function describeTask({ status, note, startedAt, endedAt, tally, rounds }: TaskState, now: number): string {
  const round = rounds.at(-1);
  return joined([
    statusWord(status),
    round && round.round > 1 ? t('round {0}', round.round) : undefined,
    status === 'waiting' || status === 'failed' || status === 'skipped' ? note : undefined,
    spending(tally),
    elapsed(startedAt, endedAt, now),
  ]);
}

export function describeAgent(agent: AgentState, now: number): string {
  const model = agent.model?.split('/').slice(1).join('/');
  return joined([
    agent.endedAt === undefined && agent.status === 'running' ? agent.doing : statusWord(agent.status),
    model,
    spending(agent.tally),
    elapsed(agent.startedAt, agent.endedAt, now),
  ]);
}
