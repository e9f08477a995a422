import * as vscode from 'vscode';
import type { Backend } from '../backend.ts';
import * as window from '../plain/window.ts';
import type { WindowSession } from '../window-session.ts';
import { reviewOf, watchedReview } from './journaled.ts';
import type { ReviewSession } from './session.ts';

export interface UnderReviewParts {
  backend: () => Promise<Backend>;
  show: (session: ReviewSession | undefined) => void;
  log: vscode.LogOutputChannel;
}

/** A session that was let go of for somebody else is not taken back for so long. */
const LENT_MS = 15_000;

/** Run by this window, taken over since nobody runs it, or seen from afar: while it runs, and when it is over. */
type How = 'run' | 'stored' | 'followed' | 'watched';

interface Held {
  session: WindowSession;
  how: How;
  close(): Promise<void>;
}

/** Keeps the right session under review, in the way that its owner allows: as ours, as a stored one, or from afar. */
export class UnderReview implements vscode.Disposable {
  readonly #parts: UnderReviewParts;
  #held: Held | undefined;
  /** The id of what was held last: it stays, unless something else is more urgent. */
  #last: string | undefined;
  #settling: Promise<void> = Promise.resolve();
  #lent: { id: string; timer: NodeJS.Timeout } | undefined;
  #sessions: readonly WindowSession[] = [];
  #closed = false;

  constructor(parts: UnderReviewParts) {
    this.#parts = parts;
  }

  /** To be called when a session came, went or changed hands. */
  settle(sessions: readonly WindowSession[]): Promise<void> {
    // What one from elsewhere says was written is looked at in a terminal, and put into no file.
    this.#sessions = sessions.filter(({ origin }) => origin === 'own');
    this.#settling = this.#settling.then(() =>
      this.#settle().catch(error => this.#parts.log.error('A session could not be taken under review', error)),
    );
    return this.#settling;
  }

  /** Lets go of it, so that it can be run. */
  async release(session: WindowSession): Promise<void> {
    await this.#settling;
    if (this.#held?.session === session) await this.#letGo();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#lent?.timer);
    await this.#settling;
    await this.#letGo();
  }

  dispose(): void {
    this.#closed = true;
    clearTimeout(this.#lent?.timer);
  }

  /** The one that runs, here before elsewhere; else the newest with something to decide; else what is there. */
  #pick(): WindowSession | undefined {
    const last = this.#sessions.find(({ id }) => id === this.#last);
    const waits = ({ state }: WindowSession) => [...state.files.values()].some(file => file.status === 'pending');
    return (
      this.#sessions.find(({ running }) => running) ??
      this.#sessions.find(({ runs }) => runs) ??
      (last && waits(last) ? last : this.#sessions.find(waits)) ??
      last
    );
  }

  #howOf(session: WindowSession): How {
    if (session.running) return 'run';
    const held = this.#held;
    if (held?.session === session && held.how === 'stored') return 'stored';
    const free = session.place === 'nowhere' && !session.owner && this.#lent?.id !== session.id;
    if (free) return 'stored';
    return session.runs ? 'followed' : 'watched';
  }

  async #settle(): Promise<void> {
    if (this.#closed) return;
    const session = this.#pick();
    const how = session && this.#howOf(session);
    if (this.#held?.session === session && this.#held?.how === how) return;
    await this.#letGo();
    if (!session || this.#closed) return this.#parts.show(undefined);
    this.#last = session.id;
    if (how === 'run') return this.#run(session);
    if (how === 'stored') {
      if (await this.#store(session)) return;
      session.owner = await (await this.#parts.backend()).owner(session.id);
    }
    await this.#watch(session, session.runs ? 'followed' : 'watched');
  }

  #run(session: WindowSession): void {
    const { running } = session;
    if (!running) return;
    this.#held = { session, how: 'run', close: async () => undefined };
    this.#parts.show(
      reviewOf(running.journal, running.changes, async ({ path, text, task }) => {
        const sent =
          path === undefined
            ? await running.request({ kind: 'queue-add', text, priority: 8 })
            : running.mend(path, task === undefined ? text : `${text} (task ${task})`);
        if (!sent.ok) notMended(sent.message);
      }),
    );
  }

  /** False while somebody else owns it. */
  async #store(session: WindowSession): Promise<boolean> {
    const stored = await (await this.#parts.backend()).openStored(session.id);
    if (!stored) return false;
    if (this.#closed || !this.#sessions.includes(session) || session.running) {
      await stored.close();
      return true;
    }
    session.stored = stored;
    const lend = () => this.#lend(session);
    stored.wanted.addEventListener('abort', lend);
    const close = async () => {
      stored.wanted.removeEventListener('abort', lend);
      session.stored = undefined;
      await stored.close();
    };
    this.#held = { session, how: 'stored', close };
    this.#parts.show(reviewOf(stored.journal, stored.changes));
    return true;
  }

  async #watch(session: WindowSession, how: How): Promise<void> {
    const changes = await (await this.#parts.backend()).watchChanges(session.id, session.state, session.signal);
    if (!changes || this.#closed) return;
    const told = session.subscribe(event => changes.told(event));
    this.#held = { session, how, close: async () => told.dispose() };
    await changes.open();
    this.#parts.show(
      watchedReview(session, changes, async ({ path, text, task }) => {
        const reason = task === undefined ? text : `${text} (task ${task})`;
        const sent = await session.request(
          path === undefined ? { kind: 'queue-add', text, priority: 8 } : { kind: 'mend', path, reason },
        );
        if (!sent.ok) notMended(sent.message);
      }),
    );
  }

  /** Somebody wants to run it: from now on it is seen from afar. */
  #lend({ id }: WindowSession): void {
    clearTimeout(this.#lent?.timer);
    const back = () => {
      this.#lent = undefined;
      void this.settle(this.#sessions);
    };
    this.#lent = { id, timer: setTimeout(back, LENT_MS) };
    const { log } = this.#parts;
    const given = async () => {
      await this.#settling;
      if (this.#held?.session.id === id) await this.#letGo();
      await this.settle(this.#sessions);
    };
    void given().catch(error => log.error('A session could not be handed over', error));
  }

  async #letGo(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.close();
  }
}

const notMended = (message = '') => void window.showWarningMessage(vscode.l10n.t('Nobody does it over: {0}', message));
