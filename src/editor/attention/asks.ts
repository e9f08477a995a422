import * as vscode from 'vscode';
import type { Ask } from '../../core/session/state.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;
type Answer = Omit<Extract<InboxRequest, { kind: 'answer' }>, 'kind' | 'ask'>;

/** Asks the person about one thing after the other: what all agents of this window's sessions want to know. */
export class Asks implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #controller: SessionController;
  readonly #log: vscode.LogOutputChannel;
  /** What is on the screen, or was put away: the tree and "Answer Agent" still have it. */
  readonly #seen = new Set<string>();
  #asking = false;

  constructor(controller: SessionController, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#log = log;
    this.#store.add(
      controller.onEvent(({ event }) => {
        if (event.type === 'permission-asked' || event.type === 'question-asked') this.#next();
      }),
    );
    // A session that was resumed may ask what it had asked before.
    this.#store.add(controller.onChange(() => this.#next()));
  }

  /** What waits in sessions that this window runs; a plan has its own document. */
  get waiting(): { session: WindowSession; ask: Ask }[] {
    return this.#controller.sessions
      .filter(({ running }) => running !== undefined)
      .flatMap(session => [...session.state.asks.values()].map(ask => ({ session, ask })))
      .filter(({ ask }) => !isPlan(ask));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #next(): void {
    if (this.#asking || this.#store.disposed) return;
    const { waiting } = this;
    const next = waiting.find(({ ask }) => !this.#seen.has(ask.ask));
    if (!next) return;
    this.#asking = true;
    this.#seen.add(next.ask.ask);
    void this.#notify(next.session, next.ask, waiting.length)
      .catch(error => this.#log.error('A question could not be asked', error))
      .finally(() => {
        this.#asking = false;
        this.#next();
      });
  }

  async #notify(session: WindowSession, ask: Ask, count: number): Promise<void> {
    const place = count > 1 ? ` ${t('(1 of {0})', count)}` : '';
    const { request } = ask;
    if (request.type === 'question-asked') {
      const answer = t('Answer...');
      const shown = request.options?.slice(0, 3) ?? [];
      const choice = await gone(
        session,
        ask,
        vscode.window.showInformationMessage(t('{0} asks{1}: {2}', ask.agent, place, request.text), ...shown, answer),
      );
      if (choice === undefined) return;
      if (choice === answer) await answerAsk(session, ask);
      else await send(session, ask, { text: choice });
      return;
    }
    const [once, whole, deny, more] = [t('Allow Once'), t('Allow for Session'), t('Deny'), t('More...')];
    const text = t('{0} wants to run{1}: {2}', ask.agent, place, request.what);
    const choice = await gone(session, ask, vscode.window.showWarningMessage(text, once, whole, deny, more));
    if (choice === once) await send(session, ask, { decision: 'allow', scope: 'once' });
    else if (choice === whole) await send(session, ask, { decision: 'allow', scope: 'session' });
    else if (choice === deny) await send(session, ask, { decision: 'deny', scope: 'once' });
    else if (choice === more) await answerAsk(session, ask);
  }
}

export const isPlan = ({ request }: Ask): boolean => request.type === 'permission-asked' && request.kind === 'plan';

/** Notifications cannot be taken back: one whose question was answered elsewhere no longer keeps the others waiting. */
function gone<T>(session: WindowSession, ask: Ask, shown: Thenable<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const watch = session.subscribe(event => {
      if (!('ask' in event) || event.ask !== ask.ask || event.type === ask.request.type) return;
      watch.dispose();
      resolve(undefined);
    });
    const finish = (value: T) => {
      watch.dispose();
      resolve(value);
    };
    shown.then(finish, reject);
  });
}

/** Lets the person answer in full: with a reason, for longer, or in their own words. */
export async function answerAsk(session: WindowSession, { ask, agent, request }: Ask): Promise<void> {
  const waiting = session.state.asks.get(ask);
  if (!waiting) return;
  if (request.type === 'question-asked') {
    const text = await answerText(agent, request.text, request.options ?? []);
    if (text !== undefined) await send(session, waiting, { text });
    return;
  }
  const choices: (vscode.QuickPickItem & { answer: Answer; why?: boolean })[] = [
    { label: t('Allow once'), answer: { decision: 'allow', scope: 'once' } },
    { label: t('Allow for this session'), answer: { decision: 'allow', scope: 'session' } },
    {
      label: t('Allow always'),
      description: t('in this workspace, exactly this'),
      answer: { decision: 'allow', scope: 'always' },
    },
    { label: t('Deny'), answer: { decision: 'deny', scope: 'once' } },
    { label: t('Deny and say why...'), answer: { decision: 'deny', scope: 'once' }, why: true },
    { label: t('Deny always'), answer: { decision: 'deny', scope: 'always' } },
  ];
  const picked = await vscode.window.showQuickPick(choices, {
    title: t('{0} wants: {1}', agent, request.what),
    placeHolder: [t('Rule: {0}', request.rule), request.why].filter(Boolean).join(' · '),
    ignoreFocusOut: true,
  });
  if (!picked) return;
  const text = picked.why
    ? await vscode.window.showInputBox({
        title: t('Why not?'),
        prompt: t('The agent reads this and acts on it.'),
        ignoreFocusOut: true,
      })
    : undefined;
  if (picked.why && text === undefined) return;
  await send(session, waiting, { ...picked.answer, ...(text && { text }) });
}

async function answerText(agent: string, question: string, options: readonly string[]): Promise<string | undefined> {
  const own = t('Answer in your own words...');
  if (options.length > 0) {
    const picked = await vscode.window.showQuickPick([...options, own], {
      title: t('{0} asks', agent),
      placeHolder: question,
      ignoreFocusOut: true,
    });
    if (picked !== own) return picked;
  }
  return vscode.window.showInputBox({ title: t('{0} asks', agent), prompt: question, ignoreFocusOut: true });
}

async function send(session: WindowSession, { ask }: Ask, answer: Answer): Promise<void> {
  const { ok, message } = await session.request({ kind: 'answer', ask, ...answer });
  if (!ok && session.state.asks.has(ask)) {
    void vscode.window.showWarningMessage(t('The answer was not taken: {0}', message ?? ''));
  }
}
