import type { Clock, Disposable, Log } from '../core/ports.ts';
import type { SessionState } from '../core/session/state.ts';
import type { SessionOwner } from '../core/session/store.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { ResumeRequest, RunningSession, Runtime, Started, StartRequest } from '../runtime/contract.ts';
import { AgentTexts } from './agent-texts.ts';
import type { FollowedSession } from './followed-session.ts';
import type { SessionSource } from './sessions.ts';

/** How many of the newest are followed all the time; the others are read when somebody asks for them. */
export const SHOWN = 10;
/** How often to check whether another process still owns its session: one that was killed says nothing. */
const OWNER_MS = 2000;
/** While an owner is letting go. */
const ENDING_MS = 300;
/** Who begins or ends a session takes or leaves it. */
const OWNERSHIP: ReadonlySet<string> = new Set(['session-started', 'session-resumed', 'session-ended']);

export type Listed = Awaited<ReturnType<Runtime['list']>>;

export interface FollowedParts<S extends FollowedSession> {
  /** Loads what reads and runs sessions; the same every time. */
  runtime: () => Promise<Runtime>;
  create: (id: string, state: SessionState, runtime: Runtime, texts: AgentTexts | undefined) => S;
  clock: Clock;
  log: Log;
}

/** The sessions of a workspace as one process sees them: started and run here, or followed while others run them. */
export class FollowedSessions<S extends FollowedSession> implements SessionSource, Disposable {
  readonly #parts: FollowedParts<S>;
  readonly #listeners = new Set<() => void>();
  #runtime: Runtime | undefined;
  #watching: Disposable | undefined;
  #sessions: S[] = [];
  #looking: Promise<void> = Promise.resolve();
  #nextLook: Disposable | undefined;
  #closing = false;

  constructor(parts: FollowedParts<S>) {
    this.#parts = parts;
  }

  /** The user's own first, each newest first. */
  get sessions(): readonly S[] {
    return this.#sessions;
  }

  find(id: string): S | undefined {
    return this.#sessions.find(session => session.id === id);
  }

  onChange(listener: () => void): Disposable {
    const entry = () => listener();
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  }

  async runtime(): Promise<Runtime> {
    const runtime = this.#runtime ?? (await this.#parts.runtime());
    if (!this.#runtime) {
      this.#runtime = runtime;
      if (!this.#closing) this.#watching = runtime.watch(() => void this.look());
    }
    return runtime;
  }

  /** Reads what sessions there are; what is known already stays as it is. */
  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch(error => this.#parts.log.write('error', 'the sessions could not be listed', error));
    return this.#looking;
  }

  /** Starts or resumes a session in this process. */
  async startSession(request: StartRequest | ResumeRequest): Promise<Started> {
    const runtime = await this.runtime();
    const earlier = request.kind === 'resume' ? this.find(request.session) : undefined;
    if (earlier) await this.release(earlier);
    const started = await (request.kind === 'new' ? runtime.start(request) : runtime.resume(request));
    if (!started.ok) {
      void this.settle();
      return started;
    }
    const { session: running } = started;
    const session = this.#parts.create(running.id, running.journal.state, runtime, earlier?.texts);
    this.#run(session, running);
    const replaced = this.find(session.id);
    this.#sessions = [session, ...this.#sessions.filter(each => each !== replaced)].sort(newestFirst);
    replaced?.dispose();
    this.#changed();
    void this.settle();
    return started;
  }

  /** Stops what runs here so that it can be resumed, and waits until it is written. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#runtime?.close();
  }

  dispose(): void {
    this.#closing = true;
    this.#watching?.dispose();
    this.#nextLook?.dispose();
    for (const session of this.#sessions) session.dispose();
    this.#listeners.clear();
  }

  /** Which of the sessions are followed. */
  protected async choose(listed: Listed, _runtime: Runtime): Promise<Listed> {
    return listed.slice(0, SHOWN);
  }

  /** Lets go of what this process holds of a session besides, before it is run or read anew. */
  protected async release(_session: S): Promise<void> {}

  /** Called when sessions came, went or changed hands, and when one that was released was not started after all. */
  protected async settle(): Promise<void> {}

  /** Called after each event of any session. */
  protected heard(_session: S, _event: JournalEvent): void {}

  /** Called when another process stopped or died before its session was over. */
  protected wasLeft(_session: S, _by: SessionOwner | undefined): void {}

  /** Called when a session that ran here is over. */
  protected runEnded(_running: RunningSession): void {}

  async #look(): Promise<void> {
    if (this.#closing) return;
    const runtime = await this.runtime();
    const listed = await this.choose(await runtime.list(), runtime);
    let changed = false;
    for (const { id, owner, origin } of listed) {
      const known = this.find(id);
      const place = known?.running ? 'here' : owner && !owner.reviews ? 'elsewhere' : 'nowhere';
      if (known && known.origin !== origin && !known.running) {
        // What it is read as depends on whose it is.
        await this.release(known);
        this.#forget(known);
      } else if (known) {
        changed ||= known.place !== place || known.owner?.since !== owner?.since;
        const { owner: by, place: before } = known;
        known.place = place;
        known.owner = owner;
        if (before === 'elsewhere' && place === 'nowhere' && known.cutOff) this.wasLeft(known, by);
        continue;
      }
      // What is just beginning here is not another's.
      if (owner?.pid === process.pid && !owner.reviews) continue;
      const session = await this.#follow(runtime, id);
      if (!session) continue;
      // It may have been started here while it was read.
      if (this.find(id)) {
        session.dispose();
        continue;
      }
      session.place = place;
      session.owner = owner;
      session.origin = origin;
      this.#sessions = [...this.#sessions, session].sort(newestFirst);
      changed = true;
    }
    const there = new Set(listed.map(({ id }) => id));
    for (const session of this.#sessions.filter(({ id, running }) => !running && !there.has(id))) {
      this.#forget(session);
      changed = true;
    }
    this.#watchOwners();
    if (!changed) return;
    this.#changed();
    await this.settle();
  }

  #forget(session: S): void {
    session.dispose();
    this.#sessions = this.#sessions.filter(each => each !== session);
  }

  /** An owner lets go a moment after its last event, and one that was killed says nothing at all. */
  #watchOwners(): void {
    const owned = this.#sessions.filter(({ owner, running }) => owner && owner.pid !== process.pid && !running);
    if (owned.length === 0 || this.#nextLook || this.#closing) return;
    const look = async () => {
      const runtime = await this.runtime();
      const now = await Promise.all(owned.map(({ id }) => runtime.owner(id)));
      this.#nextLook = undefined;
      if (now.some((owner, i) => owner?.since !== owned[i]?.owner?.since)) await this.look();
      else this.#watchOwners();
    };
    const failed = (error: unknown) => {
      this.#nextLook = undefined;
      this.#parts.log.write('warn', 'the owners of sessions could not be looked up', error);
    };
    const ending = owned.some(({ place, state }) => place === 'elsewhere' && state.status === 'ended');
    this.#nextLook = this.#parts.clock.after(ending ? ENDING_MS : OWNER_MS, () => void look().catch(failed));
  }

  async #follow(runtime: Runtime, id: string): Promise<S | undefined> {
    let session: S | undefined;
    const over = new AbortController();
    const heard = (event: JournalEvent) => {
      if (!session) return;
      if (OWNERSHIP.has(event.type)) void this.look();
      this.#heard(session, event);
    };
    const texts = new AgentTexts();
    const followed = await runtime.follow(id, heard, over.signal, event => texts.take(event));
    if (!followed) return undefined;
    session = this.#parts.create(id, followed.state, runtime, texts);
    session.signal.addEventListener('abort', () => over.abort());
    // Whoever was to have it may have gone while it was read.
    if (!this.#closing) return session;
    session.dispose();
    return undefined;
  }

  #run(session: S, running: RunningSession): void {
    session.running = running;
    session.place = 'here';
    const subscription = running.journal.subscribe(event => this.#heard(session, event));
    const stream = running.follow((agent, event) => session.streamed(agent, event));
    const ended = async () => {
      this.runEnded(running);
      subscription.dispose();
      stream.dispose();
      session.running = undefined;
      session.place = 'nowhere';
      if (!this.#closing) await this.#readAnew(session);
    };
    void running.done
      .then(ended, ended)
      .catch(error => this.#parts.log.write('error', 'a session could not be closed', error));
  }

  /** From here on it is read like any other session that nobody runs; what it left to decide can be decided. */
  async #readAnew(session: S): Promise<void> {
    const next = await this.#follow(await this.runtime(), session.id);
    if (this.#closing) return;
    const shown = () => this.#sessions.includes(session);
    if (shown()) await this.release(session);
    // Somebody may have resumed it meanwhile, or it is gone.
    if (!shown()) return next?.dispose();
    session.dispose();
    this.#sessions = this.#sessions.flatMap(each => (each === session ? (next ?? []) : each));
    this.#changed();
    await this.settle();
  }

  #heard(session: S, event: JournalEvent): void {
    session.told(event);
    this.heard(session, event);
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const newestFirst = (a: FollowedSession, b: FollowedSession) => {
  if ((a.origin === 'own') !== (b.origin === 'own')) return a.origin === 'own' ? -1 : 1;
  return a.id < b.id ? 1 : -1;
};
