import { malformed, nothingSent } from '../errors/failed.ts';
import { tooMuch, Unusable } from '../errors/unusable.ts';
import { sentWebPage, webPageText } from '../errors/web-page.ts';
import type { Source } from '../stream-call.ts';
import { beginningOf } from './beginning.ts';
import type { Framing } from './framing.ts';
import { MOST_OF_ANSWER } from './limits.ts';

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
  #bytes = 0;
  /** Something other than blanks has come. */
  #begun = false;
  #ended = false;
  /** Bytes of the last piece, if it was only the beginning of something longer. */
  part: number | undefined;

  constructor(stream: ReadableStream<Uint8Array>, framing: Framing) {
    this.#reader = stream.getReader();
    this.#framing = framing;
  }

  /** Adds the payloads of the next piece; false if it was the last. Throws what the network throws, and `Unusable`. */
  async next(payloads: string[]): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    this.#bytes += value?.byteLength ?? 0;
    const text = this.#decoder.decode(value, { stream: !done });
    if (done && this.#bytes === 0) throw new Unusable(nothingSent);
    if (this.#bytes > MOST_OF_ANSWER) throw tooMuch('The answer', MOST_OF_ANSWER);
    if (!this.#begun) await this.#refuseWebPage(text);
    const take = (payload: string) => {
      payloads.push(payload);
    };
    const completed = this.#framing.push(text, take);
    this.part = completed ? undefined : value?.byteLength;
    if (done) this.#framing.end(take);
    this.#ended = done;
    return !done;
  }

  /** Only where the end of the body is all that marks the end of the answer. */
  get whole(): Source<string>['whole'] {
    const { whole } = this.#framing;
    return (
      whole &&
      (payloads => {
        const text = whole();
        if (text !== undefined) payloads.push(text);
        return text !== undefined;
      })
    );
  }

  /** Reads to the end, so that the connection can be used again, but lets nobody wait for it, and not for ever. */
  release(giveUp: () => void): void {
    if (this.#ended) return;
    const timer = setTimeout(giveUp, graceMs);
    timer.unref();
    const drain = (): Promise<void> => this.#reader.read().then(({ done }) => (done ? undefined : drain()));
    drain()
      .catch(() => {})
      .finally(() => clearTimeout(timer));
  }

  /** No format of ours begins like a web page, whatever its type says. */
  async #refuseWebPage(text: string): Promise<void> {
    const first = text.trimStart();
    if (first === '') return;
    this.#begun = true;
    if (!first.startsWith('<')) return;
    const page = webPageText(await beginningOf(this.#reader, first)) ?? '';
    throw new Unusable({ ...malformed(sentWebPage(page)), code: 'web-page', unbilled: true });
  }
}
