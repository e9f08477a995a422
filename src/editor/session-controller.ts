import * as vscode from 'vscode';
import type { RoleSpec } from '../core/agent/contract.ts';
import type { Disposable } from '../core/ports.ts';
import { isRetriable } from '../core/session/standing.ts';
import type { SessionOwner } from '../core/session/store.ts';
import { whyUnkept } from '../core/session/unkept.ts';
import { waits, waitsForPlan } from '../dashboard/rows/next-steps.ts';
import type { SessionSource } from '../dashboard/sessions.ts';
import type { SessionSummary } from '../node/session/sessions.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { Refused, ResumeRequest, RunningSession, Runtime, Started, StartRequest } from '../runtime/contract.ts';
import { DisposableStore } from './disposables.ts';
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
/** So many of the newest sessions are shown, and older ones that wait for review; the others are found by "Resume Session…" and "Show Report". */
const SHOWN = 10;
/** So often it is looked whether another window or a terminal still runs its session. */
const OWNER_MS = 3000;
/** While an owner is letting go. */
const ENDING_MS = 300;

/** The sessions of this workspace: begun and run here, followed while another process runs them, reviewed when over. */
export class SessionController implements SessionSource, vscode.Disposable {
  readonly #parts: ControllerParts;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly #events = this.#store.add(new vscode.EventEmitter<{ session: WindowSession; event: JournalEvent }>());
  #sessions: WindowSession[] = [];
  #looking: Promise<void> = Promise.resolve();
  #runtime: Runtime | undefined;
  #closing = false;
  /** What was found in older sessions, so that each is read once only. */
  readonly #older = new Map<string, { journalBytes: number; waits: boolean }>();
  #eye: NodeJS.Timeout | undefined;

  readonly #found = this.#store.add(new vscode.EventEmitter<WindowSession>());
  #looked = false;
  readonly #left = this.#store.add(new vscode.EventEmitter<{ session: WindowSession; by: SessionOwner | undefined }>());
  readonly #review: UnderReview;

  /** After each event of any session. */
  readonly onEvent = this.#events.event;
  /** When the first look finds that the newest session was cut off, as it is when a window is reloaded. */
  readonly onCutOff = this.#found.event;
  /** When another process stopped or died before its session was over. */
  readonly onLeft = this.#left.event;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    const { log, review } = parts;
    this.#review = this.#store.add(new UnderReview({ log, show: review, runtime: () => this.runtime() }));
  }

  /** Newest first. */
  get sessions(): readonly WindowSession[] {
    return this.#sessions;
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.event(listener);
  }

  /** What commands mean when they name none: the newest that runs, else the newest. */
  get current(): WindowSession | undefined {
    return (
      this.#sessions.find(session => session.running) ??
      this.#sessions.find(session => session.runs) ??
      this.#sessions.find(session => session.origin === 'own') ??
      this.#sessions[0]
    );
  }

  find(id: string): WindowSession | undefined {
    return this.#sessions.find(session => session.id === id);
  }

  async runtime(): Promise<Runtime> {
    if (!this.#runtime) {
      const runtime = await this.#parts.runtime();
      if (!this.#runtime) {
        this.#runtime = runtime;
        if (!this.#store.disposed) this.#store.add(runtime.watch(() => void this.look()));
      }
    }
    return this.#runtime;
  }

  /** The roles there are: built in, and the workspace's own. */
  async roles(): Promise<RoleSpec[]> {
    return (await this.runtime()).roles();
  }

  /** Reads what sessions there are; what is known already stays as it is. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() =>
      this.#look().catch(error => this.#parts.log.error('The sessions could not be listed', error)),
    );
    return this.#looking;
  }

  /** Begins or resumes a session in this window. */
  async begin(request: StartRequest | ResumeRequest): Promise<Refused | { ok: true; session: WindowSession }> {
    const begun = await this.run(request);
    if (!begun.ok) return begun;
    return { ok: true, session: this.find(begun.session.id) as WindowSession };
  }

  /** The same for whoever goes on with what the runtime gives: the standing team. */
  async run(request: StartRequest | ResumeRequest): Promise<Started> {
    const runtime = await this.runtime();
    const earlier = request.kind === 'resume' ? this.find(request.session) : undefined;
    if (earlier) await this.#review.release(earlier);
    const begun = await (request.kind === 'new' ? runtime.start(request) : runtime.resume(request));
    if (!begun.ok) {
      void this.#review.settle(this.#sessions);
      return begun;
    }
    const session = new WindowSession(begun.session.id, begun.session.journal.state, runtime);
    this.#run(session, begun.session);
    this.find(session.id)?.dispose();
    this.#sessions = [session, ...this.#sessions.filter(each => each.id !== session.id)].sort(newestFirst);
    void this.#review.settle(this.#sessions);
    this.#setContext();
    this.#changed.fire();
    return begun;
  }

  /** Stops what runs here so that it can be resumed, and waits until it is written. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#runtime?.close();
    await this.#review.close();
  }

  dispose(): void {
    this.#closing = true;
    clearTimeout(this.#eye);
    for (const session of this.#sessions) session.dispose();
    this.#store.dispose();
  }

  async #look(): Promise<void> {
    if (this.#store.disposed) return;
    const runtime = await this.runtime();
    const listed = await this.#listed(runtime);
    let changed = false;
    for (const { id, owner, origin } of listed) {
      const known = this.find(id);
      const place = known?.running ? 'here' : owner && !owner.reviews ? 'elsewhere' : 'nowhere';
      if (known && known.origin !== origin && !known.running) {
        // What it is read as depends on whose it is.
        await this.#review.release(known);
        this.#forget(known);
      } else if (known) {
        changed ||= known.place !== place || known.owner?.since !== owner?.since;
        const by = known.owner;
        const left = known.place === 'elsewhere' && place === 'nowhere';
        known.place = place;
        known.owner = owner;
        if (left && known.cutOff) this.#left.fire({ session: known, by });
        continue;
      }
      // What is just beginning here is not another's.
      if (owner?.pid === process.pid && !owner.reviews) continue;
      const session = await this.#follow(runtime, id);
      if (!session || this.#store.disposed) continue;
      session.place = place;
      session.owner = owner;
      session.origin = origin;
      this.#sessions = [...this.#sessions, session].sort(newestFirst);
      changed = true;
    }
    const there = new Set(listed.map(({ id }) => id));
    for (const session of this.#sessions.slice()) {
      if (session.running || there.has(session.id)) continue;
      this.#forget(session);
      changed = true;
    }
    this.#keepAnEye();
    const first = !this.#looked;
    this.#looked = true;
    if (!changed) return;
    const [newest] = this.#sessions;
    if (first && newest?.cutOff && newest.resumable) this.#found.fire(newest);
    this.#setContext();
    this.#changed.fire();
    await this.#review.settle(this.#sessions);
  }

  #forget(session: WindowSession): void {
    session.dispose();
    this.#sessions = this.#sessions.filter(each => each !== session);
  }

  /** The newest, and older ones in which something waits for review. */
  async #listed(runtime: Runtime): Promise<SessionSummary[]> {
    // What came from elsewhere, with whatever date, pushes none of the user's own out.
    const [own, others] = apart(await runtime.list(), ({ origin }) => origin === 'own');
    const older: SessionSummary[] = [];
    for (const summary of own.slice(SHOWN)) {
      const { id, journalBytes } = summary;
      const known = this.#older.get(id);
      const waits = known?.journalBytes === journalBytes ? known.waits : await runtime.waits(id);
      this.#older.set(id, { journalBytes, waits });
      if (waits || this.find(id)?.stored) older.push(summary);
    }
    return [...[...own, ...others].slice(0, SHOWN), ...older];
  }

  /** An owner lets go a moment after its last event, and one that was killed says nothing at all. */
  #keepAnEye(): void {
    const owned = this.#sessions.filter(({ owner, running, stored }) => owner && !running && !stored);
    if (owned.length === 0 || this.#eye !== undefined || this.#store.disposed) return;
    const look = async () => {
      const runtime = await this.runtime();
      const now = await Promise.all(owned.map(({ id }) => runtime.owner(id)));
      this.#eye = undefined;
      if (now.some((owner, i) => owner?.since !== owned[i]?.owner?.since)) await this.look();
      else this.#keepAnEye();
    };
    const failed = (error: unknown) => {
      this.#eye = undefined;
      this.#parts.log.warn('The owners of sessions could not be looked up', error);
    };
    const ending = owned.some(({ place, state }) => place === 'elsewhere' && state.status === 'ended');
    this.#eye = setTimeout(() => void look().catch(failed), ending ? ENDING_MS : OWNER_MS);
  }

  async #follow(runtime: Runtime, id: string): Promise<WindowSession | undefined> {
    let session: WindowSession | undefined;
    const over = new AbortController();
    const told = (event: JournalEvent) => {
      if (!session) return;
      // Who begins or ends a session takes or leaves it.
      if (OWNERSHIP.has(event.type)) void this.look();
      this.#told(session, event);
    };
    const followed = await runtime.follow(id, told, over.signal);
    if (!followed) return undefined;
    session = new WindowSession(id, followed.state, runtime);
    session.signal.addEventListener('abort', () => over.abort());
    return session;
  }

  #run(session: WindowSession, running: RunningSession): void {
    session.running = running;
    session.place = 'here';
    const subscription = running.journal.subscribe(event => this.#told(session, event));
    const stream = running.follow((agent, event) => session.streamed(agent, event));
    const { unkept } = running;
    const ended = async () => {
      if (unkept.aborted) void this.#sayUnkept(unkept.reason);
      subscription.dispose();
      stream.dispose();
      session.running = undefined;
      session.place = 'nowhere';
      if (!this.#closing) await this.#over(session);
    };
    void running.done.then(ended, ended).catch(error => this.#parts.log.error('A session could not be closed', error));
  }

  async #sayUnkept(reason: unknown): Promise<void> {
    const { t } = vscode.l10n;
    const show = t('Show Log');
    const text = t('The session was stopped: {0}. When that is put right, it can be resumed.', whyUnkept(reason));
    if ((await window.showErrorMessage(text, show)) === show) this.#parts.log.show();
  }

  /** From here on it is read like any other session that nobody runs; what it left to decide can be decided. */
  async #over(session: WindowSession): Promise<void> {
    const next = await this.#follow(await this.runtime(), session.id);
    if (this.#closing) return next?.dispose();
    await this.#review.release(session);
    session.dispose();
    this.#sessions = this.#sessions.flatMap(each => (each === session ? (next ?? []) : each));
    this.#setContext();
    this.#changed.fire();
    await this.#review.settle(this.#sessions);
  }

  #told(session: WindowSession, event: JournalEvent): void {
    session.told(event);
    this.#events.fire({ session, event });
    this.#changed.fire();
    if (CONTEXT.has(event.type)) this.#setContext();
  }

  /** For when-clauses of commands. */
  #setContext(): void {
    const { current } = this;
    const set = (name: string, value: unknown) =>
      void vscode.commands.executeCommand('setContext', `orchestrate.${name}`, value);
    const runs = current?.runs === true;
    set('hasSessions', this.#sessions.length > 0);
    // The demo's goal is nobody's own.
    set(
      'hasOwnSession',
      this.#sessions.some(({ state }) => !state.rehearsal && state.goal !== ''),
    );
    set(
      'hasReviewed',
      this.#sessions.some(({ state }) =>
        [...state.files.values()].some(({ decided, status }) => decided !== undefined || status !== 'pending'),
      ),
    );
    set('running', runs);
    set('paused', runs && current.state.status === 'paused');
    set('asking', this.#sessions.some(waits));
    set('planWaiting', this.#sessions.some(waitsForPlan));
    const agents = this.#sessions.filter(session => session.runs).flatMap(({ state }) => [...state.agents.values()]);
    set(
      'agentPaused',
      agents.some(({ status }) => status === 'paused'),
    );
    set(
      'agentAtWork',
      agents.some(({ endedAt }) => endedAt === undefined),
    );
    set(
      'foreign',
      this.#sessions.some(({ origin }) => origin !== 'own'),
    );
    set(
      'finished',
      this.#sessions.some(session => session.finished),
    );
    set(
      'resumable',
      this.#sessions.some(session => session.resumable),
    );
    set(
      'retriable',
      this.#sessions.some(({ state }) => [...state.tasks.values()].some(isRetriable)),
    );
  }
}

/** The user's own first. */
const newestFirst = (a: WindowSession, b: WindowSession) =>
  a.origin === 'own' && b.origin !== 'own' ? -1 : a.origin !== 'own' && b.origin === 'own' ? 1 : a.id < b.id ? 1 : -1;

function apart<T>(all: readonly T[], fits: (item: T) => boolean): [T[], T[]] {
  return [all.filter(fits), all.filter(item => !fits(item))];
}
const OWNERSHIP: ReadonlySet<string> = new Set(['session-started', 'session-resumed', 'session-ended']);
const CONTEXT: ReadonlySet<string> = new Set([
  ...OWNERSHIP,
  'review-outcome',
  'session-paused',
  'plan-proposed',
  'plan-approved',
  'agent-started',
  'agent-ended',
  'agent-paused',
  'agent-unpaused',
  'session-unpaused',
  'permission-asked',
  'permission-answered',
  'question-asked',
  'question-answered',
]);
