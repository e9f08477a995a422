import type { Clock } from '../ports.ts';
import type { ProviderError } from './contract.ts';

/** How long a target rests that has kept us waiting; five times as long each further time. */
const REST_MS = 60_000;
const GROWTH = 5;

const timeouts = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Whether it was believed for as long as is ever waited. */
export const wasBelieved = ({ code }: Pick<ProviderError, 'code'>): boolean => code === 'watchdog-alive';

/** Whether a call ended because nothing, or too little, came: more of the same would only take as long again. */
export function isHang({ code = '' }: Pick<ProviderError, 'code'>): boolean {
  return code.startsWith('watchdog-') || timeouts.has(code);
}

/**
 * What is remembered of a target that kept us waiting: it is not asked again before a probe says that its provider
 * answers, and then by one call, which decides.
 */
export class Hang {
  readonly #clock: Clock;
  #times = 0;
  #until = 0;
  /** When it last did. */
  #at = Number.NEGATIVE_INFINITY;
  #reason = '';
  /** A probe has passed: one call may try, or is trying. */
  #trial: 'none' | 'allowed' | PromiseWithResolvers<void> = 'none';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It has kept us waiting, and nothing has been heard of it since. */
  get suspected(): boolean {
    return this.#times > 0;
  }

  get reason(): string {
    return this.#reason;
  }

  /** Ends with the call that decides, while there is one. */
  get deciding(): Promise<void> | undefined {
    return typeof this.#trial === 'string' ? undefined : this.#trial.promise;
  }

  /** Milliseconds for which it is left alone; undefined where it may be asked. */
  restMs(): number | undefined {
    if (this.#times === 0 || this.#trial === 'allowed') return undefined;
    return Math.max(0, this.#until - this.#clock.monotonic());
  }

  /** A probe is due: the rest is over, or this is the first time and nobody else is left to ask. */
  probeDue(lastResort: boolean): boolean {
    return this.#trial === 'none' && (this.restMs() === 0 || (lastResort && this.#times === 1));
  }

  /**
   * Returns how long it rests now; undefined where that was known when the call began. `believed`: it was waited for so
   * long that a second try makes no sense.
   */
  hung(reason: string, startedAt: number, believed = false): number | undefined {
    // Calls that were under way at the same time tell of the same hang.
    if (startedAt < this.#at) return undefined;
    if (believed) this.#times++;
    const ms = REST_MS * GROWTH ** this.#times++;
    this.#at = this.#clock.monotonic();
    this.#until = this.#at + ms;
    this.#reason = reason;
    this.#decide('none');
    return ms;
  }

  probed(answers: boolean): void {
    if (this.#times === 0) return;
    if (answers) this.#trial = 'allowed';
    else this.hung(this.#reason, this.#clock.monotonic());
  }

  begin(): void {
    if (this.#trial === 'allowed') this.#trial = Promise.withResolvers();
  }

  /** The call was cut short by us: it has shown nothing. */
  cut(): void {
    if (typeof this.#trial !== 'string') this.#decide('allowed');
  }

  heard(): void {
    this.#times = 0;
    this.#decide('none');
  }

  #decide(trial: 'none' | 'allowed'): void {
    const before = this.#trial;
    this.#trial = trial;
    if (typeof before !== 'string') before.resolve();
  }
}
