import * as vscode from 'vscode';
import { waitingIn } from '../../core/changes/waiting.ts';
import type { Runtime } from '../../runtime/contract.ts';
import * as window from '../plain/window.ts';
import type { WindowSession } from '../window-session.ts';
import { reviewOf, watchedReview } from './journaled.ts';
import type { ReviewSession } from './session.ts';

export interface UnderReviewParts {
  runtime: () => Promise<Runtime>;
  /** Newest first. */
  show: (sessions: ReviewSession[]) => void;
  log: vscode.LogOutputChannel;
}

/** For how long a session that was lent to somebody is not taken back. */
const LENT_MS = 15_000;

/** Run by this window, taken over since nobody runs it, or seen from afar: while it runs, and when it is over. */
type How = 'run' | 'stored' | 'followed' | 'watched';

interface Held {
  review: ReviewSession;
  how: How;
  close(): Promise<void>;
}

/** Keeps the sessions under review, each in the way that its owner allows: as ours, as a stored one, or from afar. */
export class UnderReview implements vscode.Disposable {
  readonly #parts: UnderReviewParts;
  readonly #held = new Map<WindowSession, Held>();
  #settling: Promise<void> = Promise.resolve();
  readonly #lent = new Map<string, NodeJS.Timeout>();
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
    await this.#letGo(session);
  }

  async close(): Promise<void> {
    this.dispose();
    await this.#settling;
    for (const session of [...this.#held.keys()]) await this.#letGo(session);
  }

  dispose(): void {
    this.#closed = true;
    for (const timer of this.#lent.values()) clearTimeout(timer);
  }

  /** What runs, what has something to decide or could again, and what had a moment ago: an undo brings it back. */
  #isWanted(session: WindowSession): boolean {
    return (
      session.running !== undefined || session.runs || this.#held.has(session) || waitingIn(session.state).length > 0
    );
  }

  #howOf(session: WindowSession): How {
    if (session.running) return 'run';
    if (this.#held.get(session)?.how === 'stored') return 'stored';
    const free = session.place === 'nowhere' && !session.owner && !this.#lent.has(session.id);
    if (free) return 'stored';
    return session.runs ? 'followed' : 'watched';
  }

  async #settle(): Promise<void> {
    for (const session of [...this.#held.keys()]) if (!this.#sessions.includes(session)) await this.#letGo(session);
    for (const session of this.#sessions) {
      if (this.#closed) return;
      await this.#take(session).catch(error =>
        this.#parts.log.error('A session could not be taken under review', error),
      );
      this.#show();
    }
    this.#show();
  }

  async #take(session: WindowSession): Promise<void> {
    if (!this.#isWanted(session)) return;
    const how = this.#howOf(session);
    if (this.#held.get(session)?.how === how) return;
    await this.#letGo(session);
    if (this.#closed) return;
    if (how === 'run') return this.#run(session);
    if (how === 'stored') {
      if (await this.#store(session)) return;
      session.owner = await (await this.#parts.runtime()).owner(session.id);
    }
    await this.#watch(session, session.runs ? 'followed' : 'watched');
  }

  #show(): void {
    this.#parts.show(this.#sessions.flatMap(session => this.#held.get(session)?.review ?? []));
  }

  #run(session: WindowSession): void {
    const { running } = session;
    if (!running) return;
    const review = reviewOf(running.journal, running.changes, async ({ path, text, task }) => {
      const sent =
        path === undefined
          ? await running.request({ kind: 'queue-add', text, priority: 8 })
          : running.mend(path, task === undefined ? text : `${text} (task ${task})`);
      if (!sent.ok) notMended(sent.message);
    });
    this.#held.set(session, { review, how: 'run', close: async () => undefined });
  }

  /** False while somebody else owns it. */
  async #store(session: WindowSession): Promise<boolean> {
    const reviewed = await (await this.#parts.runtime()).review(session.id);
    if (!reviewed.ok) return false;
    const { session: stored } = reviewed;
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
    this.#held.set(session, { review: reviewOf(stored.journal, stored.changes), how: 'stored', close });
    return true;
  }

  async #watch(session: WindowSession, how: How): Promise<void> {
    const changes = await (await this.#parts.runtime()).watchChanges(session.id, session.state, session.signal);
    if (!changes || this.#closed) return;
    const told = session.subscribe(event => changes.told(event));
    const review = watchedReview(session, changes, async ({ path, text, task }) => {
      const reason = task === undefined ? text : `${text} (task ${task})`;
      const sent = await session.request(
        path === undefined ? { kind: 'queue-add', text, priority: 8 } : { kind: 'mend', path, reason },
      );
      if (!sent.ok) notMended(sent.message);
    });
    this.#held.set(session, { review, how, close: async () => told.dispose() });
    await changes.open();
  }

  /** Somebody wants to run it: from now on it is seen from afar. */
  #lend(session: WindowSession): void {
    const { id } = session;
    clearTimeout(this.#lent.get(id));
    const back = () => {
      this.#lent.delete(id);
      void this.settle(this.#sessions);
    };
    this.#lent.set(id, setTimeout(back, LENT_MS));
    const given = async () => {
      await this.release(session);
      await this.settle(this.#sessions);
    };
    void given().catch(error => this.#parts.log.error('A session could not be handed over', error));
  }

  async #letGo(session: WindowSession): Promise<void> {
    const held = this.#held.get(session);
    this.#held.delete(session);
    await held?.close();
  }
}

const notMended = (message = '') => void window.showWarningMessage(vscode.l10n.t('Nobody does it over: {0}', message));
