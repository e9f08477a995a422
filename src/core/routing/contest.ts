import type { Clock, Disposable } from '../ports.ts';
import type { Call } from './call.ts';
import type { Chosen } from './choice.ts';
import type { ProviderError, ProviderEvent } from './contract.ts';

/** A call that was sent, and what it was sent for. */
export interface Running {
  chosen: Chosen;
  call: Call;
}

interface Runner extends Running {
  /** What it says next, while that is waited for. */
  next?: Promise<Heard>;
}

export interface Heard {
  by: Running;
  event: ProviderEvent;
}

interface ContestOptions {
  clock: Clock;
  /** After so long without a word a second one is asked; undefined: never. */
  hedgeMs: number | undefined;
  /** Asks the next model, if there is one that can be asked at once. */
  another(): Promise<Running | undefined>;
  /** It is out of the contest: it has failed, or the other was faster. */
  lost(running: Running, error: ProviderError | undefined): void;
}

/** Listens to one call, and to a second one when the first is silent; the first that says something is the only one then. */
export class Contest {
  readonly #options: ContestOptions;
  #runners: Runner[];
  #hedged: boolean;
  #decided = false;
  #started: number;

  constructor(first: Running, options: ContestOptions) {
    this.#options = options;
    this.#runners = [{ ...first }];
    this.#hedged = options.hedgeMs === undefined;
    this.#started = options.clock.monotonic();
  }

  /** Everyone who has been sent and is not out. */
  get running(): readonly Running[] {
    return this.#runners;
  }

  /** The next event of who leads; an error only of the last one left. */
  async next(): Promise<Heard> {
    for (;;) {
      const [only] = this.#runners as [Runner];
      if (this.#decided || (this.#hedged && this.#runners.length === 1 && !only.next)) {
        const event = await only.call.next();
        only.call.note(event);
        return { by: only, event };
      }
      const heard = await this.#first();
      if (!heard) {
        this.#hedged = true;
        const second = await this.#options.another();
        if (second) this.#runners.push({ ...second });
        continue;
      }
      const { by, event } = heard;
      delete (by as Runner).next;
      by.call.note(event);
      if (event.type === 'error' && this.#runners.length > 1) this.#leave(by as Runner, event);
      else {
        if (event.type !== 'open' && event.type !== 'alive') this.#decide(by as Runner);
        return heard;
      }
    }
  }

  /** Who speaks first; undefined when nobody does for too long. */
  async #first(): Promise<Heard | undefined> {
    const heard = this.#runners.map(runner => {
      runner.next ??= runner.call.next().then(event => ({ by: runner, event }));
      return runner.next;
    });
    const { clock, hedgeMs = 0 } = this.#options;
    if (this.#hedged) return Promise.race(heard);
    let timer: Disposable | undefined;
    const silence = new Promise<undefined>(resolve => {
      timer = clock.after(Math.max(0, this.#started + hedgeMs - clock.monotonic()), () => resolve(undefined));
    });
    try {
      return await Promise.race([...heard, silence]);
    } finally {
      timer?.dispose();
    }
  }

  #decide(winner: Runner): void {
    this.#decided = true;
    for (const runner of this.#runners) if (runner !== winner) this.#options.lost(runner, undefined);
    this.#runners = [winner];
  }

  #leave(runner: Runner, error: ProviderError): void {
    this.#runners = this.#runners.filter(each => each !== runner);
    this.#options.lost(runner, error);
  }
}
