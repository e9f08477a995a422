import type { AgentStreamEvent } from '../core/agent/contract.ts';
import type { Disposable } from '../core/ports.ts';
import type { SessionState } from '../core/session/state.ts';
import { type EventFrame, eventFrame, type Frame, type Reader } from './event-stream.ts';
import type { Journals, Told } from './journals.ts';
import { SaidMeanwhile } from './said-meanwhile.ts';

/** How many of the latest events are kept at hand for readers that come back. */
const RECENT = 2000;
/** How long what agents say is gathered: a frame for each token would be mostly frame. */
const DELTA_MS = 25;

/** How much of the past is written before the reader has to have taken it. */
const PIECE_BYTES = 64 * 1024;

export interface FeedParts<S extends { seq: number }> {
  id: string;
  runtime: Journals<S>;
  /** What flows beside the journal, where this process runs the session. */
  stream?: ((listener: (agent: string, event: AgentStreamEvent) => void) => Disposable) | undefined;
  /** What of the journal has been given out so far may be lost in a crash; undefined where nobody runs it here. */
  appended?: (() => number | undefined) | undefined;
}

/**
 * A session, or what else has a journal, as that tells it on disk, for any number of readers: each event is read, checked and put into words once.
 * Nothing is told that is not flushed, so that what a reader has seen is never taken back, and numbers go on over a crash.
 */
export class Feed<S extends { seq: number } = SessionState> {
  readonly id: string;
  readonly state: S;
  readonly #runtime: Journals<S>;
  readonly #over: AbortController;
  readonly #recent: EventFrame[];
  readonly #readers = new Set<Reader>();
  readonly #appended: () => number | undefined;
  readonly #said = new SaidMeanwhile();
  /** What is to be sent in this turn of the loop, in order. */
  #leaving: Frame[] = [];
  #timer: NodeJS.Timeout | undefined;
  #streaming: Disposable | undefined;
  readonly #told = new Set<() => void>();
  readonly #ended = new Set<() => void>();

  static async open<S extends { seq: number }>(parts: FeedParts<S>): Promise<Feed<S> | undefined> {
    const over = new AbortController();
    const early: Told[] = [];
    let feed: Feed<S> | undefined;
    const told = (event: Told) => (feed ? feed.#take(event) : void early.push(event));
    const followed = await parts.runtime.follow(parts.id, told, over.signal);
    if (!followed) return undefined;
    feed = new Feed(parts, followed.state, over);
    for (const event of early) feed.#take(event);
    // What is told nothing more would keep its readers for ever: they come back, and it is opened anew.
    const ended = feed;
    void followed.over?.then(() => ended.dispose());
    return feed;
  }

  private constructor({ id, runtime, appended }: FeedParts<S>, state: S, over: AbortController) {
    this.id = id;
    this.state = state;
    this.#runtime = runtime;
    this.#over = over;
    this.#recent = [];
    this.#appended = appended ?? (() => undefined);
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Hears what agents say as they say it; once only. */
  listen(stream: NonNullable<FeedParts<S>['stream']>): void {
    this.#streaming?.dispose();
    this.#streaming = stream((agent, event) => this.#hear(agent, event));
  }

  /** Called after each event. */
  onEvent(listener: () => void): Disposable {
    this.#told.add(listener);
    return { dispose: () => this.#told.delete(listener) };
  }

  /** Called when nothing more will be told. */
  onOver(done: () => void): Disposable {
    if (this.#over.signal.aborted) done();
    else this.#ended.add(done);
    return { dispose: () => this.#ended.delete(done) };
  }

  /** Tells a reader everything after `after`, and from then on what comes, each event once and in order. */
  async serve(reader: Reader, after: number): Promise<void> {
    let sent = after;
    if (sent > this.state.seq && (this.#appended() ?? 0) < sent) {
      // It has seen what no journal holds: of another session, or of a file that was put back.
      reader.reset(this.state.seq);
      sent = this.state.seq;
    }
    reader.onlyAfter(sent);
    while (!reader.closed) {
      const kept = this.#recent.filter(({ seq }) => seq > sent);
      const from = this.#recent[0]?.seq ?? this.state.seq + 1;
      if (sent < this.state.seq && sent + 1 < from) sent = await this.#readBack(reader, sent);
      else if (kept.length > 0) sent = await this.#catchUp(reader, kept);
      else {
        this.#flush();
        this.#readers.add(reader);
        reader.onClose(() => this.#readers.delete(reader));
        return;
      }
    }
  }

  /** What stands on disk after `sent`, at the pace of the reader. Returns how far that was. */
  async #readBack(reader: Reader, sent: number): Promise<number> {
    let last = sent;
    for await (const events of this.#runtime.events(this.id, reader.signal)) {
      const next = events.filter(({ seq }) => seq > last && seq <= this.state.seq);
      if (next.length > 0) last = await this.#catchUp(reader, next.map(eventFrame));
      if (reader.closed) break;
    }
    // Lines that cannot be read have numbers, too.
    return Math.max(last, this.#recent[0] ? this.#recent[0].seq - 1 : this.state.seq);
  }

  /** In pieces that the reader takes one after the other: whoever comes late is not cut off for what it has missed. */
  async #catchUp(reader: Reader, frames: readonly EventFrame[]): Promise<number> {
    for (let [from, to, bytes] = [0, 0, 0]; from < frames.length && !reader.closed; from = to, bytes = 0) {
      for (; to < frames.length && bytes < PIECE_BYTES; to++) bytes += frames[to]?.bytes.length ?? 0;
      reader.send(frames.slice(from, to));
      await reader.drained();
    }
    return frames.at(-1)?.seq ?? 0;
  }

  #take(event: Told): void {
    const frame = eventFrame(event);
    this.#recent.push(frame);
    if (this.#recent.length > RECENT * 1.5) this.#recent.splice(0, this.#recent.length - RECENT);
    this.#send(...this.#said.before(event.seq), frame);
    for (const told of this.#told) told();
  }

  /** What agents say comes after the events before it, although those have to reach the disk first. */
  #hear(agent: string, event: AgentStreamEvent): void {
    if (this.#readers.size > 0 && this.#said.add(agent, event, this.#appended() ?? this.state.seq)) this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send(...this.#said.before(this.state.seq + 1));
    }, DELTA_MS);
  }

  /** What comes in one turn of the loop leaves as one piece: a write for each would cost more than all the rest. */
  #send(...frames: Frame[]): void {
    if (this.#leaving.length === 0 && frames.length > 0) process.nextTick(() => this.#flush());
    this.#leaving.push(...frames);
  }

  #flush(): void {
    const frames = this.#leaving;
    if (frames.length === 0) return;
    this.#leaving = [];
    const together = Buffer.concat(frames.map(({ bytes }) => bytes));
    for (const reader of this.#readers) reader.send(frames, together);
    // What was said went along: the next words have their own time to gather.
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#said.empty) this.#soon();
  }

  dispose(): void {
    this.#over.abort();
    this.#flush();
    clearTimeout(this.#timer);
    this.#streaming?.dispose();
    for (const reader of [...this.#readers]) reader.close();
    for (const done of this.#ended) done();
    this.#ended.clear();
  }
}
