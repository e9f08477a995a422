import type { ErrorClass } from '../../protocol/message.ts';
import type { Clock } from '../ports.ts';

export interface Parked {
  error: ErrorClass;
  reason: string;
  /** On the clock that only grows. */
  until: number;
}

/** What is left alone until a time: a model behind a credential, or the credential with all its models. */
export class Parking {
  #clock: Clock;
  #parked = new Map<string, Parked>();
  #streak = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Parks for at least `ms`; an earlier, longer parking stands. False when it was parked that long already. */
  park(account: string, model: string | undefined, ms: number, why: Pick<Parked, 'error' | 'reason'>): boolean {
    const key = keyOf(account, model);
    const until = this.#clock.monotonic() + ms;
    const known = this.#parked.get(key);
    if (known && known.until >= until) return false;
    this.#parked.set(key, { ...why, until });
    return true;
  }

  /** How many times in a row this key and model was limited, this one included. */
  limited(account: string, model: string): number {
    const key = keyOf(account, model);
    const times = (this.#streak.get(key) ?? 0) + 1;
    this.#streak.set(key, times);
    return times;
  }

  answered(account: string, model: string): void {
    this.#streak.delete(keyOf(account, model));
  }

  /** The later of what holds the credential and what holds this model. */
  of(account: string, model: string): Parked | undefined {
    const whole = this.#live(keyOf(account, undefined));
    const one = this.#live(keyOf(account, model));
    if (!whole || !one) return whole ?? one;
    return whole.until >= one.until ? whole : one;
  }

  /** Forgets what was held against a credential: the user says it is fine now. */
  release(account: string): void {
    for (const key of this.#parked.keys()) if (key.startsWith(`${account}\n`)) this.#parked.delete(key);
  }

  #live(key: string): Parked | undefined {
    const parked = this.#parked.get(key);
    if (!parked) return undefined;
    if (parked.until > this.#clock.monotonic()) return parked;
    this.#parked.delete(key);
    return undefined;
  }
}

const keyOf = (account: string, model: string | undefined) => `${account}\n${model ?? ''}`;
