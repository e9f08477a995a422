import * as vscode from 'vscode';
import type { RoleSpec } from '../core/agent/contract.ts';
import type { SessionOwner } from '../core/session/store.ts';
import { FollowedSessions, type Listed, SHOWN } from '../dashboard/followed-sessions.ts';
import { systemClock } from '../node/clock.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { RunningSession, Runtime } from '../runtime/contract.ts';
import { changesContext, setContextKeys } from './context-keys.ts';
import { DisposableStore } from './disposables.ts';
import { coreLog } from './plain/core-log.ts';
import * as window from './plain/window.ts';
import type { ReviewSession } from './review/session.ts';
import { UnderReview } from './review/under-review.ts';
import { WindowSession } from './window-session.ts';

export interface ControllerParts {
  /** Loads what runs and keeps sessions; the same every time. */
  runtime: () => Promise<Runtime>;
  /** Puts sessions under review. */
  review: (sessions: ReviewSession[]) => void;
  log: vscode.LogOutputChannel;
}

/** The script of the demo. */
export const DEMO = 'todo';

/** The sessions of this workspace: started and run here, followed while another process runs them, reviewed when over. */
export class SessionController extends FollowedSessions<WindowSession> {
  readonly #log: vscode.LogOutputChannel;
  readonly #store = new DisposableStore();
  readonly #events = this.#store.add(new vscode.EventEmitter<{ session: WindowSession; event: JournalEvent }>());
  readonly #cutOff = this.#store.add(new vscode.EventEmitter<WindowSession>());
  readonly #left = this.#store.add(new vscode.EventEmitter<{ session: WindowSession; by: SessionOwner | undefined }>());
  readonly #review: UnderReview;
  /** What was found in older sessions, so that each is read once only. */
  readonly #older = new Map<string, { journalBytes: number; waits: boolean }>();
  #looked = false;

  /** After each event of any session. */
  readonly onEvent = this.#events.event;
  /** When the first look finds that the newest session was cut off, as it is when a window is reloaded. */
  readonly onCutOff = this.#cutOff.event;
  /** When another process stopped or died before its session was over. */
  readonly onLeft = this.#left.event;

  constructor({ runtime, review, log }: ControllerParts) {
    super({
      runtime,
      create: (id, state, reads, texts) => new WindowSession(id, state, reads, texts),
      clock: systemClock,
      log: coreLog(log),
    });
    this.#log = log;
    this.#review = this.#store.add(new UnderReview({ log, show: review, runtime: () => this.runtime() }));
  }

  /** What commands mean when they name none: the newest that runs, else the newest. */
  get current(): WindowSession | undefined {
    const { sessions } = this;
    return (
      sessions.find(session => session.running) ??
      sessions.find(session => session.runs) ??
      sessions.find(session => session.origin === 'own') ??
      sessions[0]
    );
  }

  /** The roles there are: built in, and the workspace's own. */
  async roles(): Promise<RoleSpec[]> {
    return (await this.runtime()).roles();
  }

  override async look(): Promise<void> {
    await super.look();
    if (this.#looked) return;
    const [newest] = this.sessions;
    this.#looked = newest !== undefined;
    if (newest?.cutOff && newest.resumable) this.#cutOff.fire(newest);
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#review.close();
  }

  override dispose(): void {
    super.dispose();
    this.#store.dispose();
  }

  /** The newest, and older ones in which something waits for review. */
  protected override async choose(listed: Listed, runtime: Runtime): Promise<Listed> {
    // What came from elsewhere, with whatever date, pushes none of the user's own out.
    const own = listed.filter(({ origin }) => origin === 'own');
    const others = listed.filter(({ origin }) => origin !== 'own');
    const older: Listed = [];
    for (const summary of own.slice(SHOWN)) {
      const { id, journalBytes } = summary;
      const known = this.#older.get(id);
      const waits = known?.journalBytes === journalBytes ? known.waits : await runtime.waits(id);
      this.#older.set(id, { journalBytes, waits });
      if (waits || this.find(id)?.stored) older.push(summary);
    }
    return [...[...own, ...others].slice(0, SHOWN), ...older];
  }

  protected override release(session: WindowSession): Promise<void> {
    return this.#review.release(session);
  }

  protected override settle(): Promise<void> {
    setContextKeys(this.sessions, this.current);
    return this.#review.settle(this.sessions);
  }

  protected override heard(session: WindowSession, event: JournalEvent): void {
    this.#events.fire({ session, event });
    if (changesContext(event)) setContextKeys(this.sessions, this.current);
  }

  protected override wasLeft(session: WindowSession, by: SessionOwner | undefined): void {
    this.#left.fire({ session, by });
  }

  protected override runEnded({ unkept }: RunningSession): void {
    if (unkept.aborted) void this.#sayUnkept(unkept.reason);
  }

  async #sayUnkept(reason: unknown): Promise<void> {
    const { t } = vscode.l10n;
    const { whyUnkept } = await import('../core/session/unkept.ts');
    const show = t('Show Log');
    const text = t('The session was stopped: {0}. When that is put right, it can be resumed.', whyUnkept(reason));
    if ((await window.showErrorMessage(text, show)) === show) this.#log.show();
  }
}
