import type { Clock, Disposable } from '../core/ports.ts';
import { whenRun } from '../core/session/touched.ts';
import type { ToDashboard, Update } from '../protocol/dashboard.ts';
import type { TableName } from '../protocol/dashboard-rows.ts';
import { Live } from './live.ts';
import { Pace } from './pace.ts';
import { type Checklist, overviewView, sessionRow, sessionView } from './rows/session.ts';
import { type SessionTable, sessionTables, sources } from './rows/tables.ts';
import { teamView } from './rows/team.ts';
import type { Readiness, ShownSession, TeamSource } from './sessions.ts';

/** In one update; what is more goes into the next, so that none is long to make, to read and to draw. */
const ROWS_PER_UPDATE = 250;
/** Counters that change all the time are told as often as people can read them. */
const COUNTERS_MS = 200;
/** What looks at everything to tell is told rarely. */
const OVERVIEW_MS = 1000;

export interface PublisherParts {
  clock: Clock;
  post(message: ToDashboard): void;
  checklist: Checklist;
  /** Absent where pages show nothing of it. */
  team?: TeamSource;
  /** It could not go on telling. */
  onFailure(error: unknown): void;
}

/** What the page shows. */
export interface Shown {
  workspace: Readiness;
  sessions: readonly ShownSession[];
  session: ShownSession | undefined;
}

/** A part of an update that has a pace of its own. */
class Slow {
  readonly #ms: number;
  dirty = true;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** How long it has to wait still. */
  wait(now: number): number {
    return Math.max(0, this.#toldAt + this.#ms - now);
  }

  /** Whether it belongs into an update that is made now. */
  take(now: number): boolean {
    if (!this.dirty || this.wait(now) > 0) return false;
    this.#toldAt = now;
    this.dirty = false;
    return true;
  }

  restart(): void {
    this.dirty = true;
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }
}

/** Tells a page a session: first everything, then what changes, as fast as the page draws and no faster. */
export class Publisher implements Disposable {
  readonly #parts: PublisherParts;
  readonly #pace: Pace;
  readonly #dirty = new Map<SessionTable, Set<string>>(sessionTables.map(table => [table, new Set()]));
  /** What the page has, so that what is gone can be taken away. */
  readonly #known = new Map<TableName, Set<string>>();
  readonly #counters = new Slow(COUNTERS_MS);
  readonly #overview = new Slow(OVERVIEW_MS);
  readonly #team = new Slow(OVERVIEW_MS);
  readonly #hearing: Disposable | undefined;
  /** The team as it was told. */
  #toldTeam: string | undefined;
  /** The picker's rows as they were told. */
  #told = new Map<string, string>();
  /** What it listens to. */
  #life: Disposable[] = [];
  #shown: Shown | undefined;
  #live: Live | undefined;
  #watched: string | undefined;
  /** Whether somebody ran the session when its rows were told last. */
  #runs: boolean | undefined;
  #visible = false;
  #reset = false;
  #revision = 0;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#hearing = parts.team?.onChange(() => {
      this.#team.dirty = true;
      this.#want(this.#team);
    });
    this.#pace = new Pace(parts.clock, () => {
      try {
        this.#flush();
      } catch (error) {
        this.hide();
        parts.onFailure(error);
      }
    });
  }

  /** From now on it tells that; the page forgets what it had. */
  show(shown: Shown): void {
    if (shown.session !== this.#shown?.session) this.#attach(shown.session);
    this.#shown = shown;
    this.#runs = shown.session?.runs;
    this.#visible = true;
    this.#restart();
  }

  /** Nobody looks: nothing is told, and when somebody looks again everything is. */
  hide(): void {
    this.#visible = false;
    this.#pace.stop();
  }

  /** Sessions came, went or changed. */
  listed(sessions: readonly ShownSession[]): void {
    if (!this.#shown) return;
    this.#shown = { ...this.#shown, sessions };
    const runs = this.#shown.session?.runs;
    // Its owner came or went, of which its journal need not tell.
    if (runs !== this.#runs) for (const table of whenRun) this.#all(table);
    this.#runs = runs;
    this.#counters.dirty = true;
    this.#want(this.#counters);
  }

  /** Whose text is told. */
  watch(agent: string | undefined): void {
    this.#watched = agent;
    this.#live?.watch(agent);
    if (this.#visible) this.#pace.want(0);
  }

  drawn(revision: number): void {
    if (revision === this.#revision) this.#pace.drawn();
  }

  dispose(): void {
    this.hide();
    this.#hearing?.dispose();
    this.#detach();
  }

  #detach(): void {
    for (const each of this.#life) each.dispose();
    this.#life = [];
  }

  #attach(session: ShownSession | undefined): void {
    this.#detach();
    this.#live = undefined;
    if (!session) return;
    const live = new Live(session.texts);
    live.watch(this.#watched);
    this.#live = live;
    this.#life.push(live);
    this.#life.push(
      session.subscribe(() => {
        this.#counters.dirty = true;
        this.#overview.dirty = true;
        if (this.#visible) this.#pace.want(0);
      }),
    );
    this.#life.push(
      session.state.touched.listen((kind, id) => {
        if (!this.#visible) return;
        if (id === undefined) this.#all(kind);
        else this.#dirty.get(kind)?.add(id);
      }),
    );
    this.#life.push(
      session.onStream(() => {
        if (!this.#visible) return;
        if (live.waiting) this.#pace.want(0);
        else this.#want(this.#counters);
      }),
    );
  }

  #want(slow: Slow): void {
    if (this.#visible) this.#pace.want(slow.wait(this.#parts.clock.monotonic()));
  }

  #restart(): void {
    this.#reset = true;
    this.#known.clear();
    this.#told.clear();
    this.#counters.restart();
    this.#overview.restart();
    this.#team.restart();
    this.#toldTeam = undefined;
    this.#live?.restart();
    for (const table of sessionTables) this.#all(table);
    this.#pace.stop();
    this.#pace.want(0);
  }

  #all(table: SessionTable): void {
    const dirty = this.#dirty.get(table);
    const session = this.#shown?.session;
    if (!dirty || !session) return;
    // What is marked already would keep its place in front: the page lists rows in the order in which they come.
    dirty.clear();
    for (const id of sources[table].ids(session.state)) dirty.add(id);
    for (const id of this.#known.get(table) ?? []) dirty.add(id);
  }

  #flush(): void {
    const shown = this.#shown;
    if (!shown || !this.#visible) return;
    const update = this.#update(shown);
    const { reset, session, overview, upsert, remove, streaming, live, team } = update;
    if ((reset ?? session ?? overview ?? upsert ?? remove ?? streaming ?? live) || team !== undefined) {
      this.#revision = update.revision;
      this.#pace.sent();
      this.#parts.post(update);
    }
    if (!update.complete || this.#live?.waiting) this.#pace.want(0);
    if (this.#counters.dirty || this.#live?.counting) this.#want(this.#counters);
    // Without a session it is never told, and would be wanted for ever.
    if (shown.session && this.#overview.dirty) this.#want(this.#overview);
    if (this.#parts.team && this.#team.dirty) this.#want(this.#team);
  }

  #update(shown: Shown): Update {
    const update: Update = {
      type: 'update',
      revision: this.#revision + 1,
      now: this.#parts.clock.now(),
      complete: true,
    };
    const now = this.#parts.clock.monotonic();
    const state = shown.session?.state;
    if (this.#reset) {
      this.#reset = false;
      update.reset = { workspace: shown.workspace, ...(state && { session: state.session }) };
    }
    this.#putTeam(update, now);
    if (this.#live?.counting) this.#counters.dirty = true;
    if (this.#counters.take(now)) {
      if (shown.session) update.session = sessionView(shown.session);
      const streaming = this.#live?.takeCounts() ?? [];
      if (streaming.length > 0) update.streaming = streaming;
      this.#list(shown, update);
    }
    if (state) {
      if (this.#overview.take(now)) update.overview = overviewView(state, this.#parts.checklist);
      this.#rows(shown, update);
    }
    const live = this.#live?.takeText();
    if (live) update.live = live;
    return update;
  }

  #rows(shown: Shown, update: Update): void {
    const state = shown.session?.state;
    if (!state) return;
    let room = ROWS_PER_UPDATE;
    for (const table of sessionTables) {
      const dirty = this.#dirty.get(table) ?? new Set();
      const upserts: unknown[] = [];
      const removals: string[] = [];
      const known = this.#knownOf(table);
      for (const id of dirty) {
        if (room-- <= 0) {
          update.complete = false;
          break;
        }
        dirty.delete(id);
        const row = sources[table].row(state, id, shown.session?.runs);
        if (row) {
          upserts.push(row);
          known.add(id);
        } else if (known.delete(id)) removals.push(id);
      }
      this.#put(update, table, upserts, removals);
    }
  }

  /** Short, and much of what happens in a team changes nothing that is shown: it is compared with what was told. */
  #putTeam(update: Update, now: number): void {
    const { team, clock } = this.#parts;
    if (!team || !this.#team.take(now)) return;
    const view = team.runs && team.state ? teamView(team.state, clock.now()) : null;
    const told = JSON.stringify(view);
    if (told === this.#toldTeam) return;
    this.#toldTeam = told;
    update.team = view;
  }

  /** The picker's rows: few, so they are compared with what was told. */
  #list(shown: Shown, update: Update): void {
    const rows = shown.sessions.map(sessionRow);
    const changed = rows.filter(row => this.#told.get(row.id) !== JSON.stringify(row));
    const listed = new Set(rows.map(row => row.id));
    const gone = [...this.#told.keys()].filter(id => !listed.has(id));
    this.#told = new Map(rows.map(row => [row.id, JSON.stringify(row)]));
    this.#put(update, 'sessions', changed, gone);
  }

  #put(update: Update, table: TableName, upserts: unknown[], removals: string[]): void {
    if (upserts.length > 0) {
      update.upsert ??= {};
      (update.upsert as Record<TableName, unknown[]>)[table] = upserts;
    }
    if (removals.length > 0) {
      update.remove ??= {};
      update.remove[table] = removals;
    }
  }

  #knownOf(table: TableName): Set<string> {
    let known = this.#known.get(table);
    if (!known) {
      known = new Set();
      this.#known.set(table, known);
    }
    return known;
  }
}
