import type { Clock } from '../ports.ts';
import type { BreakerSettings } from './settings.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';
export type BreakerVerdict = 'success' | 'failure' | 'no-verdict';

/** Permission to make one call; its end must be told exactly once. */
export interface BreakerPermit {
  /** The one call that decides whether the breaker closes again. */
  readonly probe: boolean;
  end(verdict: BreakerVerdict): void;
}

/**
 * Keeps calls away from a model that fails.
 *
 * Our own rather than cockatiel's, because a router must never wait here and never learn a lie: there, callers queue
 * behind the half-open call instead of taking the next model, an abort by the user in half-open closes the breaker as
 * if the model had answered, its time is Date.now() and not our clock, and it wraps a promise where we hold a stream.
 */
export class Breaker {
  #state: BreakerState = 'closed';
  #failures = 0;
  #openings = 0;
  #openUntil = 0;
  #probing = false;
  #clock: Clock;
  #settings: BreakerSettings;
  #changed: (state: BreakerState) => void;

  constructor(clock: Clock, settings: BreakerSettings, changed: (state: BreakerState) => void) {
    this.#clock = clock;
    this.#settings = settings;
    this.#changed = changed;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Milliseconds until a call may be tried; 0 when one may now, undefined while another is being tried. */
  waitMs(): number | undefined {
    if (this.#state === 'closed') return 0;
    if (this.#probing) return undefined;
    return Math.max(0, this.#openUntil - this.#clock.monotonic());
  }

  /** Undefined: not now. */
  enter(): BreakerPermit | undefined {
    if (this.#state === 'closed') return this.#permit(false);
    if (this.waitMs() !== 0) return undefined;
    this.#probing = true;
    this.#move('half-open');
    return this.#permit(true);
  }

  #permit(probe: boolean): BreakerPermit {
    let ended = false;
    return {
      probe,
      end: verdict => {
        if (ended) return;
        ended = true;
        if (probe) this.#endProbe(verdict);
        else this.#endCall(verdict);
      },
    };
  }

  #endProbe(verdict: BreakerVerdict): void {
    this.#probing = false;
    if (verdict === 'failure') this.#open();
    else if (verdict === 'success') this.#close();
  }

  #endCall(verdict: BreakerVerdict): void {
    if (verdict === 'success' && this.#state === 'closed') this.#failures = 0;
    // Calls sent before it opened say nothing new once it is open.
    if (verdict !== 'failure' || this.#state !== 'closed') return;
    if (++this.#failures >= this.#settings.failures) this.#open();
  }

  #open(): void {
    const ms = Math.min(this.#settings.maxOpenMs, this.#settings.openMs * 2 ** this.#openings++);
    this.#openUntil = this.#clock.monotonic() + ms;
    this.#move('open');
  }

  #close(): void {
    this.#failures = 0;
    this.#openings = 0;
    this.#move('closed');
  }

  #move(state: BreakerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#changed(state);
  }
}
