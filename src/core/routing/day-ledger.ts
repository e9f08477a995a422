import type { NanoUsd } from '../../protocol/ids.ts';
import type { Disposable } from '../ports.ts';

/** Money taken out of a day for one call. */
export interface DayHold {
  /** Gives back what the call did not cost. */
  settle(cost: NanoUsd): void;
}

/**
 * What one user spends in a day, over all sessions, windows and restarts.
 * Taking is synchronous; making room may have to ask the other processes.
 */
export interface DayLedger {
  /** Undefined: not enough room here; ask for some and take again. */
  take(amount: NanoUsd): DayHold | undefined;
  /** Waits while calls under way hold what is missing; `spent` when the day has too little left for good. */
  room(amount: NanoUsd, signal: AbortSignal): Promise<'granted' | 'spent' | 'aborted'>;
  /** Today, as this process last saw it. */
  today(): { day: string; spent: NanoUsd; limit?: NanoUsd };
  setLimit(limit: NanoUsd | undefined): void;
  /** Runs once, when another day has begun. */
  whenOver(run: () => void): Disposable;
}
