import type { ServerResponse } from 'node:http';
import type { AgentStreamEvent } from '../core/agent/contract.ts';
import type { LivePart } from '../protocol/dashboard.ts';
import type { JournalEvent } from '../protocol/events.ts';

/** What is not taken off by then is too much: whoever reads so slowly comes back with the number of what it has. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** So that nobody between takes the connection for dead. */
const BEAT_MS = 15_000;
/** How long a reader of the past may take nothing at all. */
const STALL_MS = 30_000;

/** An event as it goes over the wire, with what readers filter by. */
export interface Frame {
  seq: number;
  type: string;
  agent: string | undefined;
  bytes: Buffer;
}

/** A piece of what an agent says right now. */
export type Delta = LivePart & { agent: string };

export interface DeltaFrame {
  agent: string;
  bytes: Buffer;
}

/** JSON holds no line break, so that nothing in an event can end it or begin another. */
export function eventFrame(event: JournalEvent): Frame {
  const agent = 'agent' in event && typeof event.agent === 'string' ? event.agent : undefined;
  const bytes = Buffer.from(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`);
  return { seq: event.seq, type: event.type, agent, bytes };
}

/** Without an id: it is gone when it has been told. */
export const deltaFrame = (delta: Delta): DeltaFrame => ({
  agent: delta.agent,
  bytes: Buffer.from(`event: delta\ndata: ${JSON.stringify(delta)}\n\n`),
});

export function deltaOf(agent: string, event: AgentStreamEvent): Delta | undefined {
  switch (event.type) {
    case 'attempt':
      return { agent, kind: 'model', text: event.model };
    case 'text':
    case 'reasoning':
      return { agent, kind: event.type, text: event.text };
    case 'tool-call-start':
      return { agent, kind: 'tool', text: event.name };
    case 'tool-call-delta':
      return { agent, kind: 'arguments', text: event.json };
    case 'tool-output':
      return { agent, kind: 'output', text: event.text };
    case 'discard':
      return { agent, kind: 'discarded', text: event.error };
    default:
      return undefined;
  }
}

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/** A reader's connection: what it takes too slowly is cut off. */
export class Stream {
  readonly #response: ServerResponse;
  readonly #over = new AbortController();
  readonly #beat: NodeJS.Timeout;
  #gathering = false;

  /** `mayGoOn` is asked at every beat: a token may have been revoked. */
  constructor(response: ServerResponse, mayGoOn: () => Promise<boolean>, beat: () => string = () => '') {
    this.#response = response;
    response.writeHead(200, STREAM_HEADERS);
    response.on('close', () => this.close());
    response.on('error', () => this.close());
    this.write(': welcome\n\n');
    this.#beat = setInterval(() => {
      void mayGoOn().then(
        may => (may ? this.write(`: beat\n${beat()}\n`) : this.close()),
        () => this.close(),
      );
    }, BEAT_MS);
  }

  get closed(): boolean {
    return this.#over.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  write(bytes: Buffer | string): void {
    if (this.closed) return;
    if (this.#response.writableLength > MOST_WAITING_BYTES) this.#cut();
    else {
      this.#gather();
      this.#response.write(bytes);
    }
  }

  /** What is said in one go leaves in one piece. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#response.cork();
    process.nextTick(() => {
      this.#gathering = false;
      this.#response.uncork();
    });
  }

  onClose(done: () => void): void {
    if (this.closed) done();
    else this.signal.addEventListener('abort', done, { once: true });
  }

  /** Resolves when the reader has taken what was written, or is gone. */
  async drained(): Promise<void> {
    if (this.closed || !this.#response.writableNeedDrain) return;
    await new Promise<void>(resolve => {
      const stalled = setTimeout(() => this.#cut(), STALL_MS);
      const done = () => {
        clearTimeout(stalled);
        this.#response.off('drain', done);
        resolve();
      };
      this.#response.once('drain', done);
      this.onClose(done);
    });
  }

  close(): void {
    if (this.closed) return;
    this.#over.abort();
    clearInterval(this.#beat);
    this.#response.end();
  }

  /** What waits is dropped with the connection. */
  #cut(): void {
    this.close();
    this.#response.destroy();
  }
}

/** What a reader wants to hear of; absent: all. */
export interface Filter {
  agents?: ReadonlySet<string>;
  types?: ReadonlySet<string>;
  /** Whether what streams in is told, too. */
  deltas: boolean;
}

/** A reader of a session's events. */
export class Reader {
  readonly #stream: Stream;
  readonly #filter: Filter;
  #seq = 0;

  constructor(response: ServerResponse, filter: Filter, mayGoOn: () => Promise<boolean>) {
    this.#filter = filter;
    // The number of what was passed over by the filter counts as well.
    this.#stream = new Stream(response, mayGoOn, () => (this.#seq > 0 ? `id: ${this.#seq}\n` : ''));
  }

  get closed(): boolean {
    return this.#stream.closed;
  }

  get signal(): AbortSignal {
    return this.#stream.signal;
  }

  send({ seq, type, agent, bytes }: Frame): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    const { agents, types } = this.#filter;
    if (types && !types.has(type)) return;
    if (agents && (agent === undefined || !agents.has(agent))) return;
    this.#stream.write(bytes);
  }

  /** `all` are the same frames in one piece. */
  sendDeltas(frames: readonly DeltaFrame[], all: Buffer): void {
    const { agents, deltas } = this.#filter;
    if (!deltas) return;
    const wanted = agents && frames.filter(({ agent }) => agents.has(agent)).map(({ bytes }) => bytes);
    if (!wanted) this.#stream.write(all);
    else if (wanted.length > 0) this.#stream.write(Buffer.concat(wanted));
  }

  /** What it has seen is of no journal that there is: it begins anew after `seq`. */
  reset(seq: number): void {
    this.#seq = seq;
    this.#stream.write(`id: ${seq}\nevent: reset\ndata: {"seq":${seq}}\n\n`);
  }

  onlyAfter(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
  }

  onClose(done: () => void): void {
    this.#stream.onClose(done);
  }

  drained(): Promise<void> {
    return this.#stream.drained();
  }

  close(): void {
    this.#stream.close();
  }
}
