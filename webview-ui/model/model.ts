import { batch, type Signal, signal } from '@preact/signals';
import type { LivePart, Update } from '../../src/protocol/dashboard.ts';
import type { OverviewView, Row, SessionView, TableName } from '../../src/protocol/dashboard-rows.ts';
import type { TeamView } from '../../src/protocol/dashboard-team.ts';
import { FLOWING } from '../../src/protocol/flowing.ts';
import { Table } from './table.ts';

type Tables = { [T in TableName]: Table<Row<T>> };
export type SpanRow = Row<'spans'>;

/** What is kept of the watched agent's text. */
const LIVE_CHARACTERS = 60_000;

/** Beyond that a part goes on in another, at the next line. */
const PART_CHARACTERS = 1500;

interface LiveText {
  agent: string;
  /** Numbered, so that each stays itself when the oldest are dropped. */
  parts: (LivePart & { n: number })[];
}

/** What the page knows of a session: what the updates say, one after another. */
export class Model {
  readonly tables: Tables = {
    sessions: new Table(),
    agents: new Table(),
    tasks: new Table(),
    providers: new Table(),
    models: new Table(),
    budget: new Table(),
    asks: new Table(),
    decisions: new Table(),
    issues: new Table(),
    findings: new Table(),
    artifacts: new Table(),
    queue: new Table(),
    spans: new Table(),
    marks: new Table(),
  };
  readonly workspace = signal<NonNullable<Update['reset']>['workspace'] | undefined>(undefined);
  /** Whether the snapshot is whole. */
  readonly complete = signal(false);
  readonly session = signal<SessionView | undefined>(undefined);
  readonly overview = signal<OverviewView | undefined>(undefined);
  /** Who stands in the workspace's team; undefined where none does. */
  readonly team = signal<TeamView | undefined>(undefined);
  readonly live = signal<LiveText | undefined>(undefined);
  /** What the host's clock is ahead of ours. */
  readonly skew = signal(0);
  readonly #streaming = new Map<string, Signal<number>>();
  #parts = 0;
  readonly #lanes = new Map<string, Signal<readonly SpanRow[]>>();

  take(update: Update, now: number): void {
    batch(() => {
      if (update.reset) this.#forget(update.reset);
      this.skew.value = update.now - now;
      if (update.session) this.session.value = update.session;
      if (update.overview) this.overview.value = update.overview;
      if (update.team !== undefined) this.team.value = update.team ?? undefined;
      for (const name of new Set([...Object.keys(update.upsert ?? {}), ...Object.keys(update.remove ?? {})]))
        this.#change(name as TableName, update);
      for (const [agent, tokens] of update.streaming ?? []) this.#streamed(agent).value = tokens;
      if (update.live) this.#hear(update.live);
      if (update.complete) this.complete.value = true;
    });
  }

  /** Tokens of the call that runs, by the host's estimate. */
  streaming(agent: string): number {
    return this.#streamed(agent).value;
  }

  /** When that agent worked, waited and was paused, oldest first. */
  lane(agent: string): readonly SpanRow[] {
    return this.#lane(agent).value;
  }

  #forget({ workspace, session }: NonNullable<Update['reset']>): void {
    const other = session !== this.session.peek()?.session;
    this.workspace.value = workspace;
    this.complete.value = false;
    if (other) {
      this.session.value = undefined;
      this.overview.value = undefined;
      this.live.value = undefined;
    }
    for (const table of Object.values(this.tables)) table.clear();
    for (const tokens of this.#streaming.values()) tokens.value = 0;
    for (const lane of this.#lanes.values()) lane.value = [];
  }

  #change(name: TableName, { upsert, remove }: Update): void {
    const upserts = (upsert?.[name] ?? []) as Row<TableName>[];
    const removals = remove?.[name] ?? [];
    if (name === 'spans') this.#move(upserts as SpanRow[], removals);
    (this.tables[name] as Table<Row<TableName>>).change(upserts, removals);
  }

  #move(upserts: readonly SpanRow[], removals: readonly string[]): void {
    const gone = new Set(removals);
    const changed = new Map<string, SpanRow[]>();
    const of = (agent: string) => {
      let lane = changed.get(agent);
      if (!lane) {
        lane = this.#lane(agent)
          .peek()
          .filter(span => !gone.has(span.id));
        changed.set(agent, lane);
      }
      return lane;
    };
    for (const id of removals) of(id.slice(0, id.lastIndexOf('#')));
    for (const span of upserts) {
      const lane = of(span.agent);
      // Nearly always one of the last.
      const at = lane.findLastIndex(known => known.id === span.id);
      if (at < 0) lane.push(span);
      else lane[at] = span;
    }
    for (const [agent, lane] of changed) this.#lane(agent).value = lane.sort((a, b) => numberOf(a) - numberOf(b));
  }

  #lane(agent: string): Signal<readonly SpanRow[]> {
    let lane = this.#lanes.get(agent);
    if (!lane) {
      lane = signal<readonly SpanRow[]>([]);
      this.#lanes.set(agent, lane);
    }
    return lane;
  }

  #streamed(agent: string): Signal<number> {
    let tokens = this.#streaming.get(agent);
    if (!tokens) {
      tokens = signal(0);
      this.#streaming.set(agent, tokens);
    }
    return tokens;
  }

  #hear({ agent, reset, parts }: NonNullable<Update['live']>): void {
    const known = this.live.peek();
    const kept = reset || known?.agent !== agent ? [] : [...known.parts];
    for (const { kind, text } of parts) {
      const last = kept.at(-1);
      if (last?.kind !== kind || !FLOWING.has(kind)) {
        kept.push({ n: ++this.#parts, kind, text });
        continue;
      }
      // A long text is broken at a line's end, so that what is added at its end does not lay out all of it again.
      const cut = last.text.length > PART_CHARACTERS ? text.indexOf('\n') : -1;
      const head = cut < 0 ? text : text.slice(0, cut);
      kept[kept.length - 1] = { ...last, text: last.text + head };
      if (cut >= 0) kept.push({ n: ++this.#parts, kind, text: text.slice(cut + 1) });
    }
    let characters = kept.reduce((sum, part) => sum + part.text.length, 0);
    while (characters > LIVE_CHARACTERS && kept.length > 1) characters -= kept.shift()?.text.length ?? 0;
    const only = kept[0];
    if (only && characters > LIVE_CHARACTERS)
      kept[0] = { ...only, n: ++this.#parts, text: only.text.slice(-LIVE_CHARACTERS / 2) };
    this.live.value = { agent, parts: kept };
  }
}

const numberOf = ({ id }: SpanRow) => Number(id.slice(id.lastIndexOf('#') + 1));
