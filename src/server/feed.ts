import type { AgentStreamEvent } from '../core/agent/contract.ts';
import type { Disposable } from '../core/ports.ts';
import type { SessionState } from '../core/session/state.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { Runtime } from '../runtime/contract.ts';
import { type Delta, deltaFrame, deltaOf, eventFrame, type Frame, type Reader } from './event-stream.ts';

/** So many of the latest events are kept ready for readers that come back. */
const RECENT = 2000;
/** What agents say is put together for so long: a frame for each token would be mostly frame. */
const DELTA_MS = 25;

export interface FeedParts {
  id: string;
  runtime: Runtime;
  /** What flows beside the journal, where this process runs the session. */
  stream?: ((listener: (agent: string, event: AgentStreamEvent) => void) => Disposable) | undefined;
  /** What of the journal has been given out so far may be lost in a crash; undefined where nobody runs it here. */
  appended?: (() => number | undefined) | undefined;
}

/**
 * A session as its journal tells it on disk, for any number of readers: each event is read, checked and put into words once.
 * Nothing is told that is not flushed, so that what a reader has seen is never taken back, and numbers go on over a crash.
 */
export class Feed {
  readonly id: string;
  readonly state: SessionState;
  readonly #runtime: Runtime;
  readonly #over: AbortController;
  readonly #recent: Frame[];
  readonly #readers = new Set<Reader>();
  readonly #appended: () => number | undefined;
  #deltas: { after: number; delta: Delta }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #streaming: Disposable | undefined;
  readonly #told = new Set<() => void>();

  static async open(parts: FeedParts): Promise<Feed | undefined> {
    const over = new AbortController();
    const early: JournalEvent[] = [];
    let feed: Feed | undefined;
    const told = (event: JournalEvent) => (feed ? feed.#take(event) : void early.push(event));
    const followed = await parts.runtime.follow(parts.id, told, over.signal);
    if (!followed) return undefined;
    feed = new Feed(parts, followed.state, over);
    for (const event of early) feed.#take(event);
    return feed;
  }

  private constructor({ id, runtime, appended }: FeedParts, state: SessionState, over: AbortController) {
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
  listen(stream: NonNullable<FeedParts['stream']>): void {
    this.#streaming?.dispose();
    this.#streaming = stream((agent, event) => this.#hear(agent, event));
  }

  /** Called after each event. */
  onEvent(listener: () => void): Disposable {
    this.#told.add(listener);
    return { dispose: () => this.#told.delete(listener) };
  }

  /** Tells a reader everything after `after`, and from then on what comes, each event once and in order. */
  async serve(reader: Reader, after: number): Promise<void> {
    let sent = after;
    if (sent > this.state.seq && (this.#appended() ?? 0) < sent) {
      // It has seen what no journal holds: of another session, or of a file that was put back.
      reader.reset(this.state.seq);
      sent = this.state.seq;
    }
    while (!reader.closed) {
      const from = this.#recent[0]?.seq ?? this.state.seq + 1;
      if (sent + 1 >= from || sent >= this.state.seq) {
        for (const frame of this.#recent) if (frame.seq > sent) reader.send(frame);
        if (reader.closed) return;
        reader.onlyAfter(sent);
        this.#readers.add(reader);
        reader.onClose(() => this.#readers.delete(reader));
        return;
      }
      sent = await this.#readBack(reader, sent);
    }
  }

  /** What stands on disk after `sent`, at the pace of the reader. Returns how far that was. */
  async #readBack(reader: Reader, sent: number): Promise<number> {
    let last = sent;
    for await (const events of this.#runtime.events(this.id, reader.signal)) {
      for (const event of events) {
        if (event.seq <= last || event.seq > this.state.seq) continue;
        reader.send(eventFrame(event));
        last = event.seq;
      }
      await reader.drained();
      if (reader.closed) break;
    }
    // Lines that cannot be read have numbers, too.
    return Math.max(last, this.#recent[0] ? this.#recent[0].seq - 1 : this.state.seq);
  }

  #take(event: JournalEvent): void {
    const frame = eventFrame(event);
    this.#recent.push(frame);
    if (this.#recent.length > RECENT * 1.5) this.#recent.splice(0, this.#recent.length - RECENT);
    this.#sendDeltas(event.seq);
    for (const reader of this.#readers) reader.send(frame);
    if (this.#deltas.length > 0) this.#soon();
    for (const told of this.#told) told();
  }

  /** What agents say comes after the events before it, although those have to reach the disk first. */
  #hear(agent: string, event: AgentStreamEvent): void {
    const delta = deltaOf(agent, event);
    if (!delta || this.#readers.size === 0) return;
    const after = this.#appended() ?? this.state.seq;
    const last = this.#deltas.at(-1);
    if (last && last.after === after && last.delta.agent === agent && last.delta.kind === delta.kind)
      last.delta = { ...delta, text: last.delta.text + delta.text };
    else this.#deltas.push({ after, delta });
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sendDeltas(this.state.seq + 1);
    }, DELTA_MS);
  }

  /** Those that were said before that event. */
  #sendDeltas(before: number): void {
    const ready = this.#deltas.findIndex(({ after }) => after >= before);
    const sent = this.#deltas.splice(0, ready < 0 ? this.#deltas.length : ready);
    if (sent.length === 0) return;
    const frames = sent.map(({ delta }) => deltaFrame(delta));
    const all = Buffer.concat(frames.map(({ bytes }) => bytes));
    for (const reader of this.#readers) reader.sendDeltas(frames, all);
  }

  dispose(): void {
    this.#over.abort();
    clearTimeout(this.#timer);
    this.#streaming?.dispose();
    for (const reader of [...this.#readers]) reader.close();
  }
}
