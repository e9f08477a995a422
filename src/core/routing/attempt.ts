import type { Clock, Disposable } from '../ports.ts';
import type { Provider, ProviderError, ProviderEvent, ProviderRequest } from './contract.ts';
import { type Limits, Pace } from './pace.ts';

/** How long a provider may take to say how far it came once it was told to stop. */
const GRACE_MS = 100;

/**
 * One request on its way: hands on the provider's events, and ends it when it keeps us waiting too long or is aborted.
 * Ends with exactly one `finish` or `error`, whatever the provider does.
 */
export class Attempt implements Disposable {
  #clock: Clock;
  #limits: Limits;
  #pace: Pace | undefined;
  #outer: AbortSignal;
  #own = new AbortController();
  #stream: () => AsyncIterable<ProviderEvent>;
  #events: AsyncIterator<ProviderEvent> | undefined;
  #timer: Disposable | undefined;
  /** When the last event was handed on; undefined while the next one is waited for. */
  #givenAt: number | undefined;
  #resolve: ((event: ProviderEvent) => void) | undefined;
  #tripped: ProviderError | undefined;
  #last: ProviderEvent | undefined;

  constructor(
    provider: Provider,
    request: ProviderRequest,
    parts: { clock: Clock; limits: Limits; signal: AbortSignal },
  ) {
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#outer = parts.signal;
    this.#stream = () => provider.stream(request, this.#own.signal);
    if (this.#outer.aborted) this.#own.abort();
    else this.#outer.addEventListener('abort', this.#abort, { once: true });
  }

  next(): Promise<ProviderEvent> {
    if (this.#last) return Promise.resolve(this.#last);
    return new Promise(resolve => {
      this.#resolve = resolve;
      const now = this.#clock.monotonic();
      this.#pace ??= new Pace(this.#limits, now);
      if (this.#givenAt !== undefined) this.#pace.excuse(now - this.#givenAt);
      this.#givenAt = undefined;
      if (!this.#timer) this.#watch(this.#stopping ? GRACE_MS : this.#pace.deadline - now);
      this.#ask();
    });
  }

  /** For how long nothing but the connection has been heard of. */
  get quietMs(): number {
    return this.#pace?.quietMs(this.#clock.monotonic()) ?? 0;
  }

  /** The longest of these times after which it went on. */
  get longestQuietMs(): number {
    return this.#pace?.longestQuietMs ?? 0;
  }

  /** Lets go of everything: an answer that is not at its end is cut off. */
  dispose(): void {
    this.#timer?.dispose();
    this.#outer.removeEventListener('abort', this.#abort);
    this.#resolve = undefined;
    if (this.#last?.type !== 'finish') this.#own.abort();
    this.#events?.return?.().then(undefined, () => {});
  }

  #step = (step: IteratorResult<ProviderEvent, unknown>): void => {
    if (!this.#resolve) return;
    if (step.done) {
      this.#give(this.#tripped ?? failure('truncated', 'the stream ended without an end'));
      return;
    }
    const event = step.value;
    this.#hear(event);
    if (!this.#tripped || event.type === 'finish') this.#give(event);
    else if (event.type === 'error') this.#give({ ...this.#tripped, ...(event.usage && { usage: event.usage }) });
    else this.#ask();
  };

  #thrown = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    this.#give(this.#tripped ?? failure('malformed', message, 'provider-threw'));
  };

  #ask(): void {
    try {
      this.#events ??= this.#stream()[Symbol.asyncIterator]();
      this.#events.next().then(this.#step, this.#thrown);
    } catch (error) {
      this.#thrown(error);
    }
  }

  #give(event: ProviderEvent): void {
    const resolve = this.#resolve;
    if (!resolve) return;
    this.#resolve = undefined;
    this.#givenAt = this.#clock.monotonic();
    if (event.type === 'finish' || event.type === 'error') this.#last = event;
    resolve(event);
  }

  #hear(event: ProviderEvent): void {
    const pace = this.#pace;
    if (!pace || this.#stopping) return;
    const { phase } = pace;
    pace.heard(event, this.#clock.monotonic());
    if (pace.phase === phase) return;
    // The next wait may be a shorter one.
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  /** The provider was told to stop: by our reader, or by a watchdog. */
  get #stopping(): boolean {
    return this.#tripped !== undefined || this.#outer.aborted;
  }

  /** One timer, looked at when it fires, instead of one for each event. */
  #watch(ms: number): void {
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = undefined;
      if (this.#givenAt !== undefined || !this.#pace) return;
      if (this.#stopping) {
        this.#give(this.#tripped ?? failure('aborted', 'aborted'));
        return;
      }
      const left = this.#pace.deadline - this.#clock.monotonic();
      if (left > 0) this.#watch(left);
      else this.#trip(this.#pace);
    });
  }

  #trip({ complaint, code }: Pace): void {
    this.#tripped = failure('retryable', complaint, code);
    this.#own.abort();
    // Its last word may still say how many tokens there were.
    this.#watch(GRACE_MS);
  }

  #abort = (): void => {
    this.#own.abort();
    this.#timer?.dispose();
    this.#watch(GRACE_MS);
  };
}

function failure(kind: ProviderError['class'], message: string, code?: string): ProviderError {
  return { type: 'error', class: kind, message, ...(code !== undefined && { code }) };
}
