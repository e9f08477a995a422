import type { Talk } from '../core/ports.ts';

/** No answer is longer but one that floods; a picture has a few megabytes. */
const LONGEST = 64 * 1024 * 1024;

type Fields = Record<string, unknown>;

interface Message {
  id?: number;
  method?: string;
  params?: Fields;
  result?: Fields;
  error?: { message?: string };
  sessionId?: string;
}

/** A command that the browser refused, or that it can no longer answer. */
export class BrowserError extends Error {}

/** The browser's own protocol over its input and output: messages of JSON, each with a zero behind it. */
export class BrowserConnection implements Talk {
  readonly #waiting = new Map<number, { done(result: Fields): void; failed(error: Error): void }>();
  readonly #listeners = new Set<(method: string, params: Fields, session: string | undefined) => void>();
  readonly #begun = Promise.withResolvers<void>();
  #send: ((text: string) => void) | undefined;
  #parts: Uint8Array[] = [];
  #length = 0;
  #id = 0;
  #over: Error | undefined;

  /** How long an answer may take. */
  readonly patienceMs: number;

  constructor(patienceMs = 15_000) {
    this.patienceMs = patienceMs;
    this.#begun.promise.catch(() => undefined);
  }

  attach(send: (text: string) => void): void {
    this.#send = send;
    this.#begun.resolve();
  }

  hear(chunk: Uint8Array): void {
    let rest = chunk;
    for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0)) {
      this.#parts.push(rest.subarray(0, end));
      const text = Buffer.concat(this.#parts).toString('utf8');
      this.#parts = [];
      this.#length = 0;
      rest = rest.subarray(end + 1);
      this.#take(text);
    }
    this.#length += rest.length;
    if (this.#length > LONGEST) this.end('it sent more than can be taken');
    else if (rest.length > 0) this.#parts.push(rest);
  }

  /** Nothing comes any more. */
  end(why: string): void {
    if (this.#over) return;
    this.#over = new BrowserError(`The browser is gone: ${why}`);
    this.#begun.reject(this.#over);
    for (const { failed } of this.#waiting.values()) failed(this.#over);
    this.#waiting.clear();
  }

  get over(): boolean {
    return this.#over !== undefined;
  }

  on(listener: (method: string, params: Fields, session: string | undefined) => void): void {
    this.#listeners.add(listener);
  }

  async send(method: string, params: Fields = {}, session?: string, ms = this.patienceMs): Promise<Fields> {
    await this.#begun.promise;
    if (this.#over) throw this.#over;
    const id = ++this.#id;
    const { promise, resolve, reject } = Promise.withResolvers<Fields>();
    const timer = setTimeout(() => {
      this.#waiting.delete(id);
      reject(new BrowserError(`The page does not answer (${method} took longer than ${ms / 1000} seconds).`));
    }, ms);
    this.#waiting.set(id, { done: resolve, failed: reject });
    this.#send?.(`${JSON.stringify({ id, method, params, ...(session !== undefined && { sessionId: session }) })}\0`);
    return promise.finally(() => clearTimeout(timer));
  }

  #take(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      return;
    }
    const { id, method, params, result, error, sessionId } = message;
    if (method !== undefined) for (const listener of this.#listeners) listener(method, params ?? {}, sessionId);
    if (id === undefined) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.failed(new BrowserError(error.message ?? 'unknown error'));
    else waiting?.done(result ?? {});
  }
}
