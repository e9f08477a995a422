import * as vscode from 'vscode';
import { isDomainRule } from '../../core/session/fold/consents.ts';
import type { Ask } from '../../core/session/state.ts';
import { shownInLines, shownRequest } from '../../core/visible.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;
type Answer = Omit<Extract<InboxRequest, { kind: 'answer' }>, 'kind' | 'ask'>;

/** Agents who ask at the same time are counted together. */
const SETTLE_MS = 250;
/** By then VS Code has put an unanswered notification away: the next one may come. */
const PATIENCE_MS = 15_000;
/** Longer than what a notification, and the title of a list, show in full: nobody allows what they have not seen. */
const LONG = 400;
const LONG_TITLE = 60;
/** A dialog of the system may be higher than the screen. */
const LONG_DIALOG = 2000;

/** Asks the person about one thing after the other: what all agents of this window's sessions want to know. */
export class Asks implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #controller: SessionController;
  readonly #log: vscode.LogOutputChannel;
  /** What is on the screen, or was put away: the tree and "Answer Agent" still have it. */
  readonly #seen = new Set<string>();
  #asking = false;
  #soon: NodeJS.Timeout | undefined;

  constructor(controller: SessionController, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#log = log;
    this.#store.add(
      controller.onEvent(({ event }) => {
        if (event.type === 'permission-asked' || event.type === 'question-asked') this.#settle();
      }),
    );
    // A session that was resumed may ask what it had asked before.
    this.#store.add(controller.onChange(() => this.#settle()));
    this.#store.add({ dispose: () => clearTimeout(this.#soon) });
  }

  /** What waits in sessions that this window runs; a plan has its own document. */
  get waiting(): { session: WindowSession; ask: Ask }[] {
    return this.#controller.sessions
      .filter(({ running }) => running !== undefined)
      .flatMap(session => [...session.state.asks.values()].map(ask => ({ session, ask })))
      .filter(({ session, ask }) => !isFirstPlan(session, ask));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #settle(): void {
    if (this.#asking || this.#store.disposed || this.#unseen() === undefined) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#next();
    }, SETTLE_MS);
  }

  #unseen() {
    return this.waiting.find(({ ask }) => !this.#seen.has(ask.ask));
  }

  #next(): void {
    const next = this.#unseen();
    if (this.#asking || this.#store.disposed || !next) return;
    this.#asking = true;
    this.#seen.add(next.ask.ask);
    const answered = this.#notify(next.session, next.ask, this.waiting.length).catch(error =>
      this.#log.error('A question could not be asked', error),
    );
    let patience: NodeJS.Timeout | undefined;
    const putAway = new Promise(resolve => {
      patience = setTimeout(resolve, PATIENCE_MS);
    });
    const over = this.#store.add({ dispose: () => clearTimeout(patience) });
    void Promise.race([answered, putAway]).then(() => {
      over.dispose();
      this.#store.release(over);
      this.#asking = false;
      this.#next();
    });
  }

  async #notify(session: WindowSession, ask: Ask, count: number): Promise<void> {
    const { request } = ask;
    const text = askText(ask, count > 1 ? ` ${t('(1 of {0})', count)}` : '');
    if (request.type === 'question-asked') {
      const answer = t('Answer...');
      const shown = request.options?.slice(0, 3) ?? [];
      const asked = window.showInformationMessage(text, ...shown, answer);
      const choice = await unlessAnswered(session, ask, asked);
      if (choice === undefined) return;
      if (choice === answer) await answerAsk(session, ask);
      else await send(session, ask, { text: choice });
      return;
    }
    const [once, lasting, deny, more] = [t('Allow Once'), t('Allow for Session'), t('Deny'), t('More...')];
    const long = whatOf(request).length > LONG;
    const actions = long ? [deny, more] : [once, lasting, deny, more];
    const choice = await unlessAnswered(session, ask, window.showWarningMessage(text, ...actions));
    if (choice === once) await send(session, ask, { decision: 'allow', scope: 'once' });
    else if (choice === lasting) await send(session, ask, { decision: 'allow', scope: 'session' });
    else if (choice === deny) await send(session, ask, { decision: 'deny', scope: 'once' });
    else if (choice === more) await answerAsk(session, ask, !long);
  }
}

/** The plan that a session begins with has a document of its own; later changes to it are asked about like anything else. */
export const isFirstPlan = ({ state }: WindowSession, { request }: Ask): boolean =>
  request.type === 'permission-asked' && request.kind === 'plan' && !state.planApproved;

type Permission = Exclude<Ask['request'], { type: 'question-asked' }>;
const whatOf = (request: Permission): string => (request.kind === 'plan' ? request.what : shownRequest(request));

/** Who asks for what, and which of how many it is. */
function askText({ agent, request }: Ask, place = ''): string {
  if (request.type === 'question-asked') return t('{0} asks{1}: {2}', agent, place, request.text);
  const all = whatOf(request);
  const what = all.length > LONG ? `${all.slice(0, LONG)}…` : all;
  const texts = {
    command: () => t('{0} wants to run{1}: {2}', agent, place, what),
    plan: () => t('{0} wants to change the plan{1}: {2}', agent, place, what),
    other: () => t('{0} asks for permission{1}: {2}', agent, place, what),
  };
  const { kind } = request;
  const text = texts[kind === 'command' || kind === 'plan' ? kind : 'other']();
  return request.why ? `${text} (${request.why})` : text;
}

/** Calls back once, when somebody has answered, from whatever window or process. */
function onAnswered(session: WindowSession, { ask, request }: Ask, answered: () => void): vscode.Disposable {
  const watch = session.subscribe(event => {
    if (!('ask' in event) || event.ask !== ask || event.type === request.type) return;
    watch.dispose();
    answered();
  });
  return watch;
}

/**
 * Notifications cannot be taken back: one whose question was answered elsewhere no longer keeps the others waiting, and
 * whoever presses it after all is told.
 */
function unlessAnswered(session: WindowSession, ask: Ask, shown: Thenable<string | undefined>) {
  return new Promise<string | undefined>((resolve, reject) => {
    let answered = false;
    const watch = onAnswered(session, ask, () => {
      answered = true;
      resolve(undefined);
    });
    const finish = (value: string | undefined) => {
      watch.dispose();
      if (answered && value !== undefined) tellAnswered(ask);
      resolve(value);
    };
    shown.then(finish, reject);
  });
}

const tellAnswered = ({ agent }: Pick<Ask, 'agent'>) =>
  void window.showInformationMessage(t('What {0} asked has been answered already.', agent));

/** Lets the person answer in full: with a reason, for longer, or in their own words. `seen`: they have read all of it. */
export async function answerAsk(session: WindowSession, { ask, agent }: Ask, seen = false): Promise<void> {
  const waiting = session.state.asks.get(ask);
  if (!waiting) {
    tellAnswered({ agent });
    return;
  }
  const over = new vscode.CancellationTokenSource();
  let answered = false;
  const watch = onAnswered(session, waiting, () => {
    answered = true;
    over.cancel();
  });
  try {
    const answer = await askFor(session, waiting, seen, over.token);
    watch.dispose();
    if (answered) tellAnswered(waiting);
    else if (answer) await send(session, waiting, answer);
  } finally {
    watch.dispose();
    over.dispose();
  }
}

/** What the person says; undefined when nothing, or when the token tells that somebody else has said it. */
async function askFor(
  session: WindowSession,
  waiting: Ask,
  seen: boolean,
  token: vscode.CancellationToken,
): Promise<Answer | undefined> {
  const { agent, request } = waiting;
  if (request.type === 'question-asked') {
    const said = await answerText(agent, request.text, request.options ?? [], token);
    if (said === undefined) return undefined;
    // What an agent offers chooses no file of the person's.
    if (!said.typed) return { text: said.text };
    const read = await (await import('../goal/images.ts')).imagesIn(said.text);
    if (!read) return undefined;
    return { text: read.text, ...(read.images.length > 0 && { attached: await session.keep(read.images) }) };
  }
  const room = request.kind === 'plan' ? LONG : LONG_TITLE;
  if (!seen && whatOf(request).length > room && !(await shownInFull(waiting))) return undefined;
  const { askedBecause } = await import('../../core/session/asked-because.ts');
  const picked = await window.showQuickPick(
    isFirstPlan(session, waiting) ? planChoices() : choices(request),
    {
      title: askText(waiting),
      placeHolder: askedBecause(request),
      ignoreFocusOut: true,
    },
    token,
  );
  if (!picked) return undefined;
  const text = picked.why ? await window.showInputBox({ ...picked.why, ignoreFocusOut: true }, token) : undefined;
  if (picked.why && text === undefined) return undefined;
  return { ...picked.answer, ...(text && { text }) };
}

type Choice = vscode.QuickPickItem & { answer: Answer; why?: { title: string; prompt: string } };

function choices({ kind, rule, prefix }: Permission): Choice[] {
  const why = { title: t('Why not?'), prompt: t('The agent reads this and acts on it.') };
  // An answer that lasts is about the tool, and not only about what it is given now.
  const every = kind === 'tool' && {
    description: isDomainRule(rule)
      ? t('this domain, whatever command reaches it')
      : t('this tool, whatever it is given'),
  };
  const always =
    kind === 'command'
      ? [
          {
            label: t('Allow always'),
            description: t('in this workspace, exactly this'),
            answer: { decision: 'allow', scope: 'always' } as const,
          },
          { label: t('Deny always'), answer: { decision: 'deny', scope: 'always' } as const },
        ]
      : [];
  return [
    { label: t('Allow once'), answer: { decision: 'allow', scope: 'once' } },
    { label: t('Allow for this session'), ...every, answer: { decision: 'allow', scope: 'session' } },
    ...always.slice(0, 1),
    ...(prefix === undefined
      ? []
      : [
          {
            label: t('Allow always: {0}', prefix),
            description: t('in this workspace, whatever follows'),
            answer: { decision: 'allow', scope: 'always', prefix: true } as const,
          },
        ]),
    { label: t('Deny'), answer: { decision: 'deny', scope: 'once' } },
    { label: t('Deny and say why...'), answer: { decision: 'deny', scope: 'once' }, why },
    ...always.slice(1),
  ];
}

/** For a plan that another window shows. */
function planChoices(): Choice[] {
  const why = { title: t('Revise the Plan'), prompt: t('What should be different? The planner makes a new plan.') };
  return [
    { label: t('Approve the plan'), answer: { decision: 'allow', scope: 'once' } },
    { label: t('Revise the plan...'), answer: { decision: 'deny', scope: 'once' }, why },
    {
      label: t('Cancel'),
      description: t('Ends the session; nothing runs'),
      answer: { decision: 'deny', scope: 'once' },
    },
  ];
}

/** Whether all of it was shown, and the person wants to decide now. */
async function shownInFull({ agent, request }: Ask): Promise<boolean> {
  if (request.type !== 'permission-asked') return true;
  const whole = request.kind === 'plan' ? request.what : shownInLines(request);
  const long = whole.length > LONG_DIALOG;
  const go = long ? t('Open Dashboard') : t('Decide...');
  const detail = long ? t('It has {0} characters. The dashboard shows all of it.', whole.length) : whole;
  const on = (await window.showWarningMessage(t('{0} asks for permission', agent), { modal: true, detail }, go)) === go;
  if (on && long) await vscode.commands.executeCommand('orchestrate.openDashboard');
  return on && !long;
}

async function answerText(
  agent: string,
  question: string,
  options: readonly string[],
  token: vscode.CancellationToken,
): Promise<{ text: string; typed: boolean } | undefined> {
  const own = t('Answer in your own words...');
  const title = t('{0} asks', agent);
  if (options.length > 0) {
    const given = { title, placeHolder: question, ignoreFocusOut: true };
    const items = [...options, own].map(label => ({ label }));
    const picked = (await window.showQuickPick(items, given, token))?.label;
    if (picked !== own) return picked === undefined ? undefined : { text: picked, typed: false };
  }
  const { askWithImages } = await import('../goal/images.ts');
  const text = await askWithImages({ title, prompt: question }, token);
  return text === undefined ? undefined : { text, typed: true };
}

async function send(session: WindowSession, waiting: Ask, answer: Answer): Promise<void> {
  const { ask } = waiting;
  const { ok, message } = await session.request({ kind: 'answer', ask, ...answer });
  if (ok) return;
  if (session.state.asks.has(ask)) {
    void window.showWarningMessage(t('The answer was not taken: {0}', message ?? ''));
  } else tellAnswered(waiting);
}
