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
  #tripped: ProviderError | undefined;
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
      this.#ask();
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
      this.#give(this.#tripped ?? failure('truncated', 'the stream ended without an end'));
      return;
    }
    const event = step.value;
    const phase = event.type === 'open' ? 'first-byte' : 'streaming';
    if (phase !== this.#phase && this.#phase !== 'streaming') this.#enter(phase);
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
    this.#waitingSince = undefined;
    if (event.type === 'finish' || event.type === 'error') this.#last = event;
    resolve(event);
  }

  #enter(phase: 'first-byte' | 'streaming'): void {
    this.#phase = phase;
    if (this.#stopping) return;
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  /** The provider was told to stop: by our reader, or by a watchdog. */
  get #stopping(): boolean {
    return this.#tripped !== undefined || this.#outer.aborted;
  }

  #allowed(): number {
    if (this.#stopping) return GRACE_MS;
    const { connectMs, firstByteMs, silenceMs } = this.#watchdogs;
    return this.#phase === 'connect' ? connectMs : this.#phase === 'first-byte' ? firstByteMs : silenceMs;
  }

  /** One timer, looked at when it fires, instead of one for each event. */
  #watch(ms = this.#allowed()): void {
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = undefined;
      if (this.#waitingSince === undefined) return;
      if (this.#stopping) {
        this.#give(this.#tripped ?? failure('aborted', 'aborted'));
        return;
      }
      const left = this.#waitingSince + this.#allowed() - this.#clock.monotonic();
      if (left > 0) this.#watch(left);
      else this.#trip();
    });
  }

  #trip(): void {
    const what = { connect: 'no answer', 'first-byte': 'no first byte', streaming: 'silence' }[this.#phase];
    this.#tripped = failure('retryable', `${what} for ${this.#allowed()} ms`, `watchdog-${this.#phase}`);
    this.#own.abort();
    // Its last word may still say how many tokens there were.
    this.#watch();
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
