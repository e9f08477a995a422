import * as vscode from 'vscode';
import { tokensOf } from '../../core/session/figures.ts';
import {
  type PhaseStanding,
  progressOf,
  type SessionStanding,
  type Standing,
  sessionStanding,
  standing,
  type TaskStanding,
  workingTime,
} from '../../core/session/standing.ts';
import type { AgentState, SessionState, Tally, TaskState } from '../../core/session/state.ts';
import { showCosts, showCount, showDuration } from '../../protocol/show.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;

type Status = Standing | TaskStanding | PhaseStanding | SessionStanding;

/** What a state is called, for eyes and for screen readers. */
export function statusWord(status: Status): string {
  const words: Record<Status, string> = {
    new: t('new'),
    planning: t('planning'),
    'awaiting-approval': t('plan waits for you'),
    running: t('running'),
    paused: t('paused'),
    pausing: t('finishes its turn, then pauses'),
    'budget-spent': t('budget spent'),
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
  pausing: ['loading~spin', 'charts.yellow'],
  waiting: ['watch', 'charts.yellow'],
  completed: ['pass', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  'budget-spent': ['credit-card', 'testing.iconFailed'],
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

/** What an agent is known by: the task it does, or its role where it works for the whole session. */
export function titleOf({ tasks }: SessionState, { task, role }: Pick<AgentState, 'task' | 'role'>): string {
  return (task === undefined ? undefined : tasks.get(task)?.task.title) ?? role;
}

export function elapsed(from: number | undefined, to: number | undefined, now: number): string | undefined {
  return from === undefined ? undefined : showDuration(Math.max(0, (to ?? now) - from));
}

const joined = (parts: (string | undefined)[]) => parts.filter(part => part).join(' · ');

const ended = ({ succeeded, failed, stopped }: Tally) => succeeded + failed + stopped > 0;

/** A sum to which nothing known was added is unknown, not 0; one that lacks something is at least so much. */
function tokens(tally: Tally): string | undefined {
  if (!ended(tally)) return undefined;
  const count = tokensOf(tally);
  if (tally.unknownUsage > 0 && count === 0) return t('tokens unknown');
  return t('{0} tokens', `${showCount(count)}${tally.unknownUsage > 0 ? '+' : ''}`);
}

function cost(tally: Tally): string | undefined {
  if (!ended(tally)) return undefined;
  if (tally.unknownCost > 0 && tally.cost === 0) return t('cost unknown');
  return showCosts(tally);
}

/** "12.3k tokens · $0.04"; what is unknown is said. */
export const spending = (tally: Tally): string => joined([tokens(tally), cost(tally)]);

/** What stands beside a row's name: the more it matters, the further in front, since a narrow view cuts the end. */
export interface Description {
  /** What matters most, for the place before the name; undefined where the icon says it. */
  state?: string | undefined;
  shown: string;
  /** With what the icon says, for those who do not see it. */
  whole: string;
}

const described = (status: string, parts: (string | undefined)[], said?: string): Description => ({
  state: said,
  shown: joined(parts),
  whole: joined([status, ...(said === status ? [] : [said]), ...parts]),
});

/** A session, and whether somebody runs it. */
type Shown = Pick<WindowSession, 'state' | 'runs'>;

const asking = (count: number) => (count === 0 ? undefined : count === 1 ? t('1 asks you') : t('{0} ask you', count));

export function describeSession({ state, runs }: Shown, now: number): Description {
  const status = sessionStanding(state, runs);
  const running = [...state.agents.values()].filter(agent => AT_WORK.has(standing(state, agent, runs))).length;
  const { done, total } = progressOf(state.tasks.values());
  const waits = runs ? asking(state.planApproved ? state.asks.size : 0) : undefined;
  const plain = status === 'completed' || status === 'running';
  return described(
    statusWord(status),
    [
      cost(state.tally),
      showDuration(workingTime(state, now, runs)),
      running > 0 ? t('{0} at work', running) : undefined,
      tokens(state.tally),
    ],
    waits ?? (plain ? undefined : statusWord(status)) ?? (total > 0 ? t('{0} of {1}', done, total) : undefined),
  );
}

type Seen<State> = Omit<State, 'status'> & { status: Status };

export function describeTask(
  { status, note, startedAt, endedAt, tally, rounds }: Seen<TaskState>,
  now: number,
): Description {
  const round = rounds.at(-1);
  const word = statusWord(status);
  return described(
    word,
    [
      status === 'waiting' || status === 'failed' || status === 'skipped' ? note : undefined,
      round && round.round > 1 ? t('round {0}', round.round) : undefined,
      cost(tally),
      elapsed(startedAt, endedAt, now),
      tokens(tally),
    ],
    ICON_SAYS_IT.has(status) ? undefined : word,
  );
}

export function describeAgent(agent: Seen<AgentState>, now: number): Description {
  const { status, endedAt, openAsks, doing, tally } = agent;
  const word = openAsks > 0 ? t('waits for you') : statusWord(status);
  const does = endedAt === undefined && status === 'running' && openAsks === 0 ? doing : undefined;
  return described(
    word,
    [
      does,
      cost(tally),
      elapsed(agent.startedAt, endedAt, now),
      agent.model?.split('/').slice(1).join('/'),
      tokens(tally),
    ],
    openAsks > 0 || !ICON_SAYS_IT.has(status) ? word : undefined,
  );
}

const AT_WORK: ReadonlySet<Standing> = new Set(['running', 'pausing']);
const ICON_SAYS_IT: ReadonlySet<Status> = new Set(['completed', 'running', 'pending']);
