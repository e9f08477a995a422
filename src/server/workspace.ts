import type { Log } from '../core/ports.ts';
import type { SessionSource } from '../dashboard/sessions.ts';
import type { ResumeRequest, Runtime, Started, StartRequest } from '../runtime/contract.ts';
import { Feed } from './feed.ts';
import { deliveryJournal, stationJournal } from './journals.ts';

/** What the server is given of a workspace by the host that shows its sessions. */
export interface WorkspaceHost {
  name: string;
  folder: string;
  runtime: Runtime;
  log: Log;
  /** Nothing is started or decided in one that is not. */
  trusted(): boolean;
  sessions: SessionSource;
  startSession(request: StartRequest | ResumeRequest): Promise<Started>;
}

/** A feed that nobody reads is closed when so many others have been opened. */
const FEEDS_KEPT = 16;

/** What a workspace has a journal of, beside its sessions. */
export type Standing = 'team' | 'deliveries';
type StandingFeed = Feed<{ seq: number }>;

/** A workspace that is served, with the sessions that somebody reads. */
export class Workspace {
  readonly host: WorkspaceHost;
  /** Latest used last. */
  readonly #feeds = new Map<string, Promise<Feed | undefined>>();
  readonly #streams = new Map<string, unknown>();
  readonly #standing = new Map<Standing, Promise<StandingFeed>>();

  constructor(host: WorkspaceHost) {
    this.host = host;
    host.sessions.onChange(() => void this.#listen());
  }

  get name(): string {
    return this.host.name;
  }

  /** The session as its journal tells it; undefined where there is none. */
  async feed(id: string): Promise<Feed | undefined> {
    const opened = this.#feeds.get(id) ?? this.#open(id);
    this.#feeds.delete(id);
    this.#feeds.set(id, opened);
    const feed = await opened;
    if (!feed) this.#feeds.delete(id);
    await this.#closeUnread();
    return feed;
  }

  /** The same of what stands while sessions come and go. Rejects with a GitError for deliveries where there is no git. */
  async standing(what: Standing): Promise<StandingFeed> {
    const known = this.#standing.get(what);
    if (known) return known;
    const opened = this.#openStanding(what);
    this.#standing.set(what, opened);
    const forget = () => this.#standing.get(what) === opened && this.#standing.delete(what);
    // A folder may become one of git's, and a journal that was broken one that can be followed.
    opened.then(feed => feed.onOver(forget), forget);
    return opened;
  }

  async #openStanding(what: Standing): Promise<StandingFeed> {
    const { runtime, log } = this.host;
    const journals = {
      team: async () => stationJournal(runtime.station),
      deliveries: async () => deliveryJournal(await runtime.deliveries(), log),
    };
    const feed = await Feed.open({ id: what, runtime: await journals[what]() });
    if (!feed) throw new Error(`the journal of the ${what} cannot be followed`);
    return feed;
  }

  /** Whether somebody works on it now. */
  async runs(feed: Feed): Promise<boolean> {
    const owner = await this.host.runtime.owner(feed.id);
    return owner !== undefined && !owner.reviews && feed.state.status !== 'ended';
  }

  async dispose(): Promise<void> {
    for (const feed of [...this.#feeds.values(), ...this.#standing.values()])
      (await feed.catch(() => undefined))?.dispose();
    this.#feeds.clear();
    this.#standing.clear();
  }

  async #open(id: string): Promise<Feed | undefined> {
    const shown = () => this.host.sessions.sessions.find(({ state }) => state.session === id);
    const feed = await Feed.open({ id, runtime: this.host.runtime, appended: () => shown()?.state.seq });
    if (feed) this.#hear(feed);
    return feed;
  }

  /** Sessions begin and end here while they are read: what runs now is heard. */
  async #listen(): Promise<void> {
    for (const opened of this.#feeds.values()) {
      const feed = await opened.catch(() => undefined);
      if (feed) this.#hear(feed);
    }
  }

  #hear(feed: Feed): void {
    const session = this.host.sessions.sessions.find(({ state }) => state.session === feed.id);
    if (!session || this.#streams.get(feed.id) === session) return;
    this.#streams.set(feed.id, session);
    feed.listen(listener => session.onStream(listener));
  }

  async #closeUnread(): Promise<void> {
    for (const [id, opened] of this.#feeds) {
      if (this.#feeds.size <= FEEDS_KEPT) return;
      const feed = await opened.catch(() => undefined);
      if (feed && feed.readers > 0) continue;
      this.#feeds.delete(id);
      this.#streams.delete(id);
      feed?.dispose();
    }
  }
}
