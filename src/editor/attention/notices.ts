import * as vscode from 'vscode';
import type { SessionOwner } from '../../core/session/store.ts';
import type { EventOf } from '../../protocol/events.ts';
import { showMoney } from '../../protocol/show.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import { ask } from '../request.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;

/** Sessions that a standing team begins, and goes on with by itself. */
interface TeamSessions {
  has(session: string): boolean;
}

/** Tells of money that runs out and of sessions that end, with what can be done about it. */
export class Notices implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #log: vscode.LogOutputChannel;

  constructor(controller: SessionController, log: vscode.LogOutputChannel, memory: vscode.Memento, team: TeamSessions) {
    this.#log = log;
    this.#store.add(
      controller.onEvent(({ session, event }) => {
        if (!session.running) return;
        if (event.type === 'budget-alert') this.#run(alerted(session, event));
        if (event.type === 'budget-spent') this.#run(spent(session, event));
        // Of a team's many sessions the queue tells.
        if (event.type === 'session-ended' && !team.has(session.id)) this.#run(ended(session, event));
      }),
    );
    this.#store.add(
      controller.onCutOff(session => {
        if (!team.has(session.id)) this.#run(cutOff(session, memory));
      }),
    );
    this.#store.add(
      controller.onLeft(({ session, by }) => {
        if (!team.has(session.id)) this.#run(left(session, by));
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  #run(work: Promise<void>): void {
    void work.catch(error => this.#log.error('A notice could not be shown', error));
  }
}

const whose = (event: { scope: string; key: string }): string => {
  const names: Record<string, () => string> = {
    session: () => t('this session'),
    day: () => t('today'),
    agent: () => event.key,
    provider: () => event.key,
  };
  return names[event.scope]?.() ?? event.key;
};

async function alerted(session: WindowSession, event: EventOf<'budget-alert'>): Promise<void> {
  const share = Math.round((event.spent / event.limit) * 100);
  const text = t(
    '{0} % of the budget of {1} is used: {2} of {3}.',
    share,
    whose(event),
    showMoney(event.spent),
    showMoney(event.limit),
  );
  const raise = t('Raise the Limit...');
  const pause = t('Pause');
  const dashboard = t('Open Dashboard');
  const actions = event.scope === 'session' ? [raise, pause, dashboard] : [pause, dashboard];
  const choice = await window.showWarningMessage(text, ...actions);
  if (choice === raise) await raiseBudget(session);
  if (choice === pause) await ask(session, { kind: 'pause', reason: 'paused by the user' });
  if (choice === dashboard) await vscode.commands.executeCommand('orchestrate.openDashboard');
}

/** Money may be left, only not enough for the most that the next call could cost. */
function spentText(event: EventOf<'budget-spent'>): string {
  const { spent, limit, next } = event;
  if (spent === undefined || limit === undefined || next === undefined || spent >= limit)
    return t('The budget of {0} is spent.', whose(event));
  return t(
    'The budget of {0} is spent: {1} of {2} is left, and the next call could cost {3}.',
    whose(event),
    showMoney(limit - spent),
    showMoney(limit),
    showMoney(next),
  );
}

async function spent(session: WindowSession, event: EventOf<'budget-spent'>): Promise<void> {
  const next = {
    local: t('The team goes on with models that cost nothing, where there are any.'),
    pause: t('The team waits for you.'),
    stop: t('The session ends.'),
  }[event.action];
  const raise = t('Raise the Limit...');
  const local = t('Go Local');
  const stop = t('Stop');
  const settings = t('Open Settings');
  // An agent's or a provider's limit keeps nobody else from going on.
  const forAll = event.scope === 'session' || event.scope === 'day';
  const actions = [
    event.scope === 'session' ? raise : settings,
    ...(forAll && event.action === 'pause' && event.free ? [local] : []),
    stop,
  ];
  const text = `${spentText(event)} ${next}`;
  const choice = await window.showWarningMessage(text, ...actions);
  if (choice === raise) await raiseBudget(session);
  if (choice === local) await ask(session, { kind: 'go-local' });
  if (choice === stop) await ask(session, { kind: 'abort', reason: 'the budget is spent' });
  if (choice === settings) await vscode.commands.executeCommand('orchestrate.openSettings');
}

export async function raiseBudget(session: WindowSession): Promise<void> {
  const limit = session.state.budget.limits.find(({ scope }) => scope === 'session')?.limit;
  const { askDollars } = await import('../plain/ask-dollars.ts');
  const usd = await askDollars(
    t('What may this session cost in all, in US dollars? So far: {0}', showMoney(session.state.tally.cost)),
    limit === undefined ? undefined : Math.round((limit / 1e9) * 200) / 100,
  );
  if (usd === undefined) return;
  await ask(session, { kind: 'raise-budget', sessionUsd: usd });
}

const TOLD = 'orchestrate.told';

/** The window was reloaded, or crashed, while the team worked. Said once: a session that is left alone is left alone. */
async function cutOff({ id, state }: WindowSession, memory: vscode.Memento): Promise<void> {
  const stop = `${id} ${state.resumes}`;
  if (memory.get(TOLD) === stop) return;
  await memory.update(TOLD, stop);
  const resume = t('Resume');
  const dashboard = t('Open Dashboard');
  const text = t('A session was interrupted. What it did is kept, and it can go on: {0}', state.goal || id);
  const choice = await window.showInformationMessage(text, resume, dashboard);
  if (choice === resume) await vscode.commands.executeCommand('orchestrate.resumeSession', id);
  if (choice === dashboard) await vscode.commands.executeCommand('orchestrate.openDashboard');
}

/** Whoever ran it is gone before its end: it can go on here. In a terminal people stop what they do not want. */
async function left(session: WindowSession, by: SessionOwner | undefined): Promise<void> {
  if (by?.host === 'terminal' && session.state.outcome) return;
  const { goal } = session.state;
  const resume = t('Resume Here');
  const text =
    by?.host === 'terminal'
      ? t('The terminal was closed before its session was over: {0}', goal)
      : t('The other window was closed before its session was over: {0}', goal);
  if ((await window.showInformationMessage(text, resume)) === resume) {
    await vscode.commands.executeCommand('orchestrate.resumeSession', session.id);
  }
}

async function ended(session: WindowSession, { outcome, reason }: EventOf<'session-ended'>): Promise<void> {
  if (outcome === 'interrupted' || outcome === 'aborted') return;
  const waiting = [...session.state.files.values()].some(({ status }) => status === 'pending');
  // The review says itself how much waits for it.
  if (outcome === 'completed' && waiting) return;
  const report = t('Show Report');
  const choice =
    outcome === 'completed'
      ? await window.showInformationMessage(t('The session is complete.'), report)
      : await window.showWarningMessage(t('The session ended: {0}', reason), report);
  if (choice === report) await vscode.commands.executeCommand('orchestrate.showReport', session.id);
}
