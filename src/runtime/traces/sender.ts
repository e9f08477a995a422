import type { Clock, Disposable, Log } from '../../core/ports.ts';
import { networkFailure } from '../../providers/errors/failed.ts';
import { otlpRequest, type Span } from './otlp.ts';
import type { TraceTarget } from './target.ts';

const GATHER_MS = 5000;
const BATCH = 512;
/** What waits for a collector that is down; of more the oldest is dropped. */
const MOST_WAITING = 4096;
const PAUSES_MS = [1000, 2000, 4000, 8000];
/** Whom to ask again. */
const LATER: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
/** A session waits no longer for a collector when it ends. */
const LAST_MS = 3000;

export interface SenderParts {
  clock: Clock;
  log: Log;
  version: string;
  /** `fetch`, unless a test stands in for the network. */
  send?: typeof fetch;
}

/** Sends spans to a collector, some at a time. What it does not take is tried again a few times; a session that ends waits a moment. */
export class SpanSender {
  readonly #target: TraceTarget;
  readonly #parts: SenderParts;
  #waiting: Span[] = [];
  #timer: Disposable | undefined;
  #sending: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #complained = false;

  constructor(target: TraceTarget, parts: SenderParts) {
    this.#target = target;
    this.#parts = parts;
  }

  add(spans: readonly Span[]): void {
    if (spans.length === 0) return;
    this.#waiting.push(...spans);
    const tooMany = this.#waiting.length - MOST_WAITING;
    if (tooMany > 0) this.#waiting.splice(0, tooMany);
    if (this.#waiting.length >= BATCH) this.#work();
    else this.#timer ??= this.#parts.clock.after(GATHER_MS, () => this.#work());
  }

  /** Sends what is left, and takes nothing more. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#work();
    let timer: Disposable | undefined;
    const late = new Promise<void>(resolve => {
      timer = this.#parts.clock.after(LAST_MS, resolve);
    });
    await Promise.race([this.#sending, late]);
    timer?.dispose();
    this.#timer?.dispose();
  }

  #work(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      const wrong = await this.#deliver(JSON.stringify(this.#requestOf(batch)));
      if (wrong !== undefined && !this.#complained) {
        this.#complained = true;
        this.#parts.log.write('warn', `traces are not taken by ${new URL(this.#target.url).origin}: ${wrong}`);
      }
    }
  }

  #requestOf(spans: readonly Span[]) {
    const { version } = this.#parts;
    const resource = { 'service.name': 'orchestrate', 'service.version': version, ...this.#target.resource };
    return otlpRequest(spans, resource, version);
  }

  /** What was wrong, when it was given up. */
  async #deliver(body: string): Promise<string | undefined> {
    let wrong = await this.#send(body);
    for (const pause of PAUSES_MS) {
      if (wrong === undefined || !wrong.again || this.#closing.signal.aborted) break;
      await this.#pause(pause);
      wrong = await this.#send(body);
    }
    return wrong?.text;
  }

  async #send(body: string): Promise<{ text: string; again: boolean } | undefined> {
    const { send = fetch } = this.#parts;
    const { url, headers, timeoutMs } = this.#target;
    try {
      const answer = await send(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
        // A server that redirects is not the one that the user named.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await answer.body?.cancel();
      return answer.ok ? undefined : { text: `it answers ${answer.status}`, again: LATER.has(answer.status) };
    } catch (error) {
      // Its message may repeat the address, and what else was sent.
      const { code } = networkFailure(error);
      const name = error instanceof Error ? error.name : 'unknown';
      return { text: `it cannot be reached (${code ?? name})`, again: true };
    }
  }

  /** Closing cuts it short. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    return new Promise(resolve => {
      const timer = this.#parts.clock.after(ms, done);
      function done() {
        timer.dispose();
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
