import type { NanoUsd } from '../../protocol/ids.ts';
import type { Disposable } from '../ports.ts';
import type { DayHold, DayLedger } from './day-ledger.ts';

/** A day with a limit of its own inside of another one: what is spent counts in both, and each may say no. */
export class InnerDay implements DayLedger {
  readonly #inner: DayLedger;
  readonly #outer: DayLedger | undefined;

  constructor(inner: DayLedger, outer: DayLedger | undefined) {
    this.#inner = inner;
    this.#outer = outer;
  }

  take(amount: NanoUsd): DayHold | undefined {
    const inner = this.#inner.take(amount);
    if (!inner || !this.#outer) return inner;
    const outer = this.#outer.take(amount);
    if (!outer) {
      inner.settle(0);
      return undefined;
    }
    return {
      settle: cost => {
        inner.settle(cost);
        outer.settle(cost);
      },
    };
  }

  async room(amount: NanoUsd, signal: AbortSignal): Promise<'granted' | 'spent' | 'aborted'> {
    const inner = await this.#inner.room(amount, signal);
    return inner === 'granted' && this.#outer ? this.#outer.room(amount, signal) : inner;
  }

  /** The one that has less left. */
  today(): ReturnType<DayLedger['today']> {
    const inner = this.#inner.today();
    const outer = this.#outer?.today();
    const left = ({ limit, spent }: typeof inner) => (limit === undefined ? Number.POSITIVE_INFINITY : limit - spent);
    return outer && left(outer) < left(inner) ? outer : inner;
  }

  setLimit(limit: NanoUsd | undefined): void {
    this.#inner.setLimit(limit);
  }

  whenOver(run: () => void): Disposable {
    return this.#inner.whenOver(run);
  }
}
