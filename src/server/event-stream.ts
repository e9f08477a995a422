import type { ServerResponse } from 'node:http';
import type { Hold } from './access/tokens.ts';
import type { Told } from './journals.ts';

/** What is not taken off by then is too much: whoever reads so slowly comes back with the number of what it has. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** Keeps proxies from taking the connection for dead. */
const BEAT_MS = 15_000;
/** How long a reader of the past may take nothing at all. */
const STALL_MS = 30_000;

/** An event as it goes over the wire, with what readers filter by. */
export interface EventFrame {
  seq: number;
  type: string;
  agent: string | undefined;
  bytes: Buffer;
}

/** What an agent says right now. Without a number: it is gone when it has been told. */
export interface DeltaFrame {
  seq: undefined;
  agent: string;
  bytes: Buffer;
}

export type Frame = EventFrame | DeltaFrame;

const SNAPSHOT = 'station-snapshot';
const resetText = (seq: number) => `id: ${seq}\nevent: reset\ndata: {"seq":${seq}}\n\n`;

/** JSON holds no line break, so that nothing in an event can end it or begin another. */
export function eventFrame(event: Told): EventFrame {
  const { seq, type } = event;
  // It stands for what was before it, and whoever has not heard all of that reads everything anew.
  if (type === SNAPSHOT) return { seq, type, agent: undefined, bytes: Buffer.from(resetText(seq)) };
  const agent = 'agent' in event && typeof event.agent === 'string' ? event.agent : undefined;
  return { seq, type, agent, bytes: ownBytes(`id: ${seq}\ndata: ${JSON.stringify(event)}\n\n`) };
}

/** What is kept keeps nothing else: Node's own pool would hold on to all that was put into bytes beside it. */
function ownBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
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

  constructor(response: ServerResponse, hold: Hold, beat: () => string = () => '') {
    this.#response = response;
    // It ends with its connection, and what is written needs no frame of its own for each reader.
    response.removeHeader('transfer-encoding');
    response.writeHead(200, STREAM_HEADERS);
    response.on('close', () => this.close());
    response.on('error', () => this.close());
    this.write(': welcome\n\n');
    const stillHeld = async () => {
      const valid = await hold.isValid().catch(() => false);
      if (!valid) this.close();
      return valid;
    };
    this.#beat = setInterval(async () => {
      if (await stillHeld()) this.write(`: beat\n${beat()}\n`);
    }, BEAT_MS);
    const revoked = hold.onChange(() => void stillHeld());
    this.onClose(() => revoked.dispose());
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
    else this.#response.write(bytes);
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

  constructor(response: ServerResponse, filter: Filter, hold: Hold) {
    this.#filter = filter;
    // The number of what was passed over by the filter counts as well.
    this.#stream = new Stream(response, hold, () => (this.#seq > 0 ? `id: ${this.#seq}\n` : ''));
  }

  get closed(): boolean {
    return this.#stream.closed;
  }

  get signal(): AbortSignal {
    return this.#stream.signal;
  }

  /** `together` are the same frames as one piece. */
  send(frames: readonly Frame[], together?: Buffer): void {
    const wanted = frames.filter(frame => this.#wants(frame));
    if (wanted.length === 0) return;
    const whole = together !== undefined && wanted.length === frames.length;
    this.#stream.write(whole ? together : Buffer.concat(wanted.map(({ bytes }) => bytes)));
  }

  #wants(frame: Frame): boolean {
    const { agents, types, deltas } = this.#filter;
    const ofAgent = agents === undefined || (frame.agent !== undefined && agents.has(frame.agent));
    if (frame.seq === undefined) return deltas && ofAgent;
    if (frame.seq <= this.#seq) return false;
    this.#seq = frame.seq;
    return frame.type === SNAPSHOT || (ofAgent && (types === undefined || types.has(frame.type)));
  }

  /** What it has seen is of no journal that there is: it begins anew after `seq`. */
  reset(seq: number): void {
    this.#seq = seq;
    this.#stream.write(resetText(seq));
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
