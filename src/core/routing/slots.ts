import type { Clock, Disposable } from '../ports.ts';

/** A place among the calls that may run at a provider at once. */
export interface Slot {
  /** How the call ended teaches how many may run. */
  release(how: 'answered' | 'limited' | 'other'): void;
}

/**
 * How many calls run at one credential at once: first come, first served.
 * A rate limit halves the number, each round of answers gives one back. Calls that were under way when it was halved
 * tell of the same limit and do not halve it again.
 */
export class Slots {
  #clock: Clock;
  #most: number;
  #allowed: number;
  #running = 0;
  #answers = 0;
  #halvings = 0;
  #queue = new Set<(slot: Slot | undefined) => void>();

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = Math.max(1, most);
    this.#allowed = this.#most;
  }

  /** How many may run now. */
  get limit(): number {
    return this.#allowed;
  }

  /** True when a call would start at once. */
  get free(): boolean {
    return this.#queue.size === 0 && this.#running < this.#allowed;
  }

  /** Waits its turn; undefined when the signal or the patience ended first. */
  take(signal: AbortSignal, patienceMs?: number): Promise<Slot | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    if (this.free) return Promise.resolve(this.#start());
    return new Promise(resolve => {
      let timer: Disposable | undefined;
      const grant = (slot: Slot | undefined) => {
        this.#queue.delete(grant);
        timer?.dispose();
        signal.removeEventListener('abort', leave);
        resolve(slot);
      };
      const leave = () => grant(undefined);
      if (patienceMs !== undefined) timer = this.#clock.after(patienceMs, leave);
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.add(grant);
    });
  }

  #start(): Slot {
    this.#running++;
    const startedAt = this.#halvings;
    let released = false;
    return {
      release: how => {
        if (released) return;
        released = true;
        this.#running--;
        if (how === 'limited' && startedAt === this.#halvings) this.#halve();
        else if (how === 'answered') this.#grow();
        for (const grant of this.#queue) {
          if (this.#running >= this.#allowed) break;
          grant(this.#start());
        }
      },
    };
  }

  #halve(): void {
    this.#answers = 0;
    this.#halvings++;
    this.#allowed = Math.max(1, Math.floor(this.#allowed / 2));
  }

  #grow(): void {
    if (this.#allowed >= this.#most || ++this.#answers < this.#allowed) return;
    this.#answers = 0;
    this.#allowed++;
  }
}
