import type { Clock, Disposable, Log } from '../core/ports.ts';
import { FollowedSession } from '../dashboard/followed-session.ts';
import type { SessionSource } from '../dashboard/sessions.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { Refused, ResumeRequest, RunningSession, Runtime, Started, StartRequest } from '../runtime/contract.ts';

/** So many of the newest are followed all the time; the others are read when somebody asks for them. */
const SHOWN = 10;
/** So often it is looked whether another process still runs its session: one that was killed says nothing. */
const OWNER_MS = 2000;
const OWNERSHIP: ReadonlySet<string> = new Set(['session-started', 'session-resumed', 'session-ended']);

export type Begun = Refused | { ok: true; id: string };

interface Parts {
  runtime: Runtime;
  clock: Clock;
  log: Log;
}

/** The sessions of a workspace in a process of its own: begun and run here, followed while others run them. */
export class FollowedSessions implements SessionSource, Disposable {
  readonly #parts: Parts;
  readonly #listeners = new Set<() => void>();
  readonly #watch: Disposable;
  #sessions: FollowedSession[] = [];
  #looking: Promise<void> = Promise.resolve();
  #eye: Disposable | undefined;
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#watch = parts.runtime.watch(() => void this.look());
  }

  get sessions(): readonly FollowedSession[] {
    return this.#sessions;
  }

  onChange(listener: () => void): Disposable {
    const entry = () => listener();
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  }

  /** Reads what sessions there are. */
  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch(error => this.#parts.log.write('error', 'the sessions could not be listed', error));
    return this.#looking;
  }

  /** Begins it here, for whoever wants to hear of it by its id alone. */
  async begin(request: StartRequest | ResumeRequest): Promise<Begun> {
    const begun = await this.run(request);
    return begun.ok ? { ok: true, id: begun.session.id } : begun;
  }

  async run(request: StartRequest | ResumeRequest): Promise<Started> {
    const { runtime } = this.#parts;
    const begun = await (request.kind === 'new' ? runtime.start(request) : runtime.resume(request));
    if (!begun.ok) return begun;
    const { id } = begun.session;
    const session = new FollowedSession(id, begun.session.journal.state, runtime);
    this.#run(session, begun.session);
    this.#put(session);
    return begun;
  }

  dispose(): void {
    this.#disposed = true;
    this.#watch.dispose();
    this.#eye?.dispose();
    for (const session of this.#sessions) session.dispose();
    this.#listeners.clear();
  }

  #run(session: FollowedSession, running: RunningSession): void {
    session.running = running;
    session.place = 'here';
    const subscription = running.journal.subscribe(event => this.#told(session, event));
    const stream = running.follow((agent, event) => session.streamed(agent, event));
    const ended = async () => {
      subscription.dispose();
      stream.dispose();
      const next = this.#disposed ? undefined : await this.#follow(session.id);
      session.running = undefined;
      session.place = 'nowhere';
      if (next) this.#put(next);
      await this.look();
    };
    void running.done
      .then(ended, ended)
      .catch(error => this.#parts.log.write('error', 'a session could not be closed', error));
  }

  #put(session: FollowedSession): void {
    const earlier = this.#sessions.find(each => each.id === session.id);
    this.#sessions = [session, ...this.#sessions.filter(each => each !== earlier)].sort((a, b) =>
      a.id < b.id ? 1 : -1,
    );
    earlier?.dispose();
    this.#changed();
  }

  async #look(): Promise<void> {
    if (this.#disposed) return;
    const { runtime } = this.#parts;
    const listed = (await runtime.list()).slice(0, SHOWN);
    let changed = false;
    for (const { id, owner, origin } of listed) {
      const known = this.#sessions.find(each => each.id === id);
      const place = known?.running ? 'here' : owner && !owner.reviews ? 'elsewhere' : 'nowhere';
      if (known) {
        changed ||= known.place !== place || known.origin !== origin;
        known.place = place;
        known.owner = owner;
        known.origin = origin;
        continue;
      }
      // What is just beginning here is not another's.
      if (owner?.pid === process.pid && !owner.reviews) continue;
      const session = await this.#follow(id);
      if (!session) continue;
      session.place = place;
      session.owner = owner;
      session.origin = origin;
      this.#sessions = [...this.#sessions, session].sort((a, b) => (a.id < b.id ? 1 : -1));
      changed = true;
    }
    const there = new Set(listed.map(({ id }) => id));
    const gone = this.#sessions.filter(({ id, running }) => !running && !there.has(id));
    for (const session of gone) session.dispose();
    this.#sessions = this.#sessions.filter(session => !gone.includes(session));
    this.#keepAnEye();
    if (changed || gone.length > 0) this.#changed();
  }

  /** An owner lets go a moment after its last event, and one that was killed says nothing at all. */
  #keepAnEye(): void {
    this.#eye?.dispose();
    this.#eye = undefined;
    if (this.#disposed || !this.#sessions.some(({ place }) => place === 'elsewhere')) return;
    this.#eye = this.#parts.clock.after(OWNER_MS, () => void this.look());
  }

  async #follow(id: string): Promise<FollowedSession | undefined> {
    const { runtime } = this.#parts;
    let session: FollowedSession | undefined;
    const over = new AbortController();
    const told = (event: JournalEvent) => {
      if (!session) return;
      if (OWNERSHIP.has(event.type)) void this.look();
      this.#told(session, event);
    };
    const followed = await runtime.follow(id, told, over.signal);
    if (!followed) return undefined;
    session = new FollowedSession(id, followed.state, runtime);
    session.signal.addEventListener('abort', () => over.abort());
    // Whoever was to have it may have gone while it was read.
    if (!this.#disposed) return session;
    session.dispose();
    return undefined;
  }

  #told(session: FollowedSession, event: JournalEvent): void {
    session.told(event);
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
