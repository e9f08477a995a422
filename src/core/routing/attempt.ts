import type { Clock, Disposable } from '../ports.ts';
import type { Provider, ProviderError, ProviderEvent, ProviderRequest } from './contract.ts';
import type { WatchdogSettings } from './settings.ts';

/** How long a provider may take to say how far it came once it was told to stop. */
const GRACE_MS = 100;

/**
 * One request on its way: hands on the provider's events, and ends it when it keeps us waiting too long or is aborted.
 * Ends with exactly one `finish` or `error`, whatever the provider does.
 */
export class Attempt implements Disposable {
  #clock: Clock;
  #watchdogs: WatchdogSettings;
  #outer: AbortSignal;
  #own = new AbortController();
  #stream: () => AsyncIterable<ProviderEvent>;
  #events: AsyncIterator<ProviderEvent> | undefined;
  #timer: Disposable | undefined;
  #phase: 'connect' | 'first-byte' | 'streaming' = 'connect';
  /** When the wait for the next event began; undefined while our own reader takes its time. */
  #waitingSince: number | undefined;
  #resolve: ((event: ProviderEvent) => void) | undefined;
  #last: ProviderEvent | undefined;

  constructor(
    provider: Provider,
    request: ProviderRequest,
    parts: { clock: Clock; watchdogs: WatchdogSettings; signal: AbortSignal },
  ) {
    this.#clock = parts.clock;
    this.#watchdogs = parts.watchdogs;
    this.#outer = parts.signal;
    this.#stream = () => provider.stream(request, this.#own.signal);
    if (this.#outer.aborted) this.#own.abort();
    else this.#outer.addEventListener('abort', this.#abort, { once: true });
  }

  next(): Promise<ProviderEvent> {
    if (this.#last) return Promise.resolve(this.#last);
    return new Promise(resolve => {
      this.#resolve = resolve;
      this.#waitingSince = this.#clock.monotonic();
      if (!this.#timer) this.#watch();
      try {
        this.#events ??= this.#stream()[Symbol.asyncIterator]();
        this.#events.next().then(this.#step, this.#thrown);
      } catch (error) {
        this.#thrown(error);
      }
    });
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
      this.#give(failure('truncated', 'the stream ended without an end'));
      return;
    }
    const event = step.value;
    const phase = event.type === 'open' ? 'first-byte' : 'streaming';
    if (phase !== this.#phase && this.#phase !== 'streaming') this.#enter(phase);
    this.#give(event);
  };

  #thrown = (error: unknown): void => {
    this.#give(failure('malformed', error instanceof Error ? error.message : String(error), 'provider-threw'));
  };

  #give(event: ProviderEvent): void {
    const resolve = this.#resolve;
    if (!resolve) return;
    this.#resolve = undefined;
    this.#waitingSince = undefined;
    if (event.type === 'finish' || event.type === 'error') this.#last = event;
    resolve(event);
  }

  #enter(phase: 'first-byte' | 'streaming'): void {
    this.#phase = phase;
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #allowed(): number {
    if (this.#outer.aborted) return GRACE_MS;
    const { connectMs, firstByteMs, silenceMs } = this.#watchdogs;
    return this.#phase === 'connect' ? connectMs : this.#phase === 'first-byte' ? firstByteMs : silenceMs;
  }

  /** One timer, looked at when it fires, instead of one for each event. */
  #watch(ms = this.#allowed()): void {
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = undefined;
      if (this.#waitingSince === undefined) return;
      const left = this.#waitingSince + this.#allowed() - this.#clock.monotonic();
      if (left > 0 && !this.#outer.aborted) this.#watch(left);
      else this.#trip();
    });
  }

  #trip(): void {
    this.#own.abort();
    if (this.#outer.aborted) {
      this.#give(failure('aborted', 'aborted'));
      return;
    }
    const what = { connect: 'no answer', 'first-byte': 'no first byte', streaming: 'silence' }[this.#phase];
    this.#give(failure('retryable', `${what} for ${this.#allowed()} ms`, `watchdog-${this.#phase}`));
  }

  #abort = (): void => {
    this.#own.abort();
    this.#timer?.dispose();
    this.#watch();
  };
}

function failure(kind: ProviderError['class'], message: string, code?: string): ProviderError {
  return { type: 'error', class: kind, message, ...(code !== undefined && { code }) };
}
