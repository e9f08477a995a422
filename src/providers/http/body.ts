import type { Source } from '../stream-call.ts';
import type { Framing } from './framing.ts';

/** How long a body may go on after the vendor's last event before its connection is given up for reuse. */
const graceMs = 1000;

/**
 * Reads a body piece by piece. Each step gives the payloads of one piece of the network, none at all if it held only
 * keep-alive bytes or the beginning of something longer.
 */
export class Body implements Source<string> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #framing: Framing;
  readonly #decoder = new TextDecoder();
  #ended = false;

  constructor(stream: ReadableStream<Uint8Array>, framing: Framing) {
    this.#reader = stream.getReader();
    this.#framing = framing;
  }

  /** Adds the payloads of the next piece; false if it was the last. Throws what the network throws. */
  async next(payloads: string[]): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    const take = (payload: string) => {
      payloads.push(payload);
    };
    this.#framing.push(this.#decoder.decode(value, { stream: !done }), take);
    if (done) this.#framing.end(take);
    this.#ended = done;
    return !done;
  }

  /** Reads to the end, so that the connection can be used again, but lets nobody wait for it. */
  release(giveUp: () => void): void {
    if (this.#ended) return;
    const timer = setTimeout(giveUp, graceMs);
    timer.unref();
    const drain = (): Promise<void> => this.#reader.read().then(({ done }) => (done ? undefined : drain()));
    drain()
      .catch(() => {})
      .finally(() => clearTimeout(timer));
  }
}
