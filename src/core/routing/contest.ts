import type { Clock, Disposable } from '../ports.ts';
import type { Call } from './call.ts';
import type { Chosen } from './choice.ts';
import type { ProviderError, ProviderEvent, ProviderFinish } from './contract.ts';
import { problemOf, saysNothing } from './useless.ts';

/** A call that was sent, and what it was sent for. */
export interface Running {
  chosen: Chosen;
  call: Call;
}

interface Runner extends Running {
  /** What it says next, while that is waited for. */
  next?: Promise<Said> | undefined;
  /** What it has said and was not handed on: another one leads, or it is nothing that people could read. */
  held: ProviderEvent[];
}

export interface Heard {
  by: Running;
  event: ProviderEvent;
}

interface Said {
  by: Runner;
  event: ProviderEvent;
}

interface ContestOptions {
  clock: Clock;
  /**
   * After so long without a word another one is asked; 0: never; undefined: when those who were asked are quiet for too
   * long while their connections live, for otherwise their own watchdogs end them.
   */
  hedgeMs: number | undefined;
  /** Asks the next model, if there is one that can be asked at once. */
  another(running: readonly Running[]): Promise<Running | undefined>;
  /** It is out of the contest: so it has ended, or, without an end, another one was faster. */
  lost(running: Running, end: ProviderFinish | ProviderError | undefined): void;
}

/** Where nobody can be asked now, it is looked again after so long. */
const LOOK_AGAIN_MS = 1000;

/**
 * Listens to one call, and to further ones while those before are silent. The first that says something leads, and the
 * others are cut. Who falls silent in the middle of an answer is overtaken only by a whole one. Who ends without having
 * said anything leaves the others alone, and only the last one left ends with an error.
 */
export class Contest {
  readonly #options: ContestOptions;
  #runners: Runner[];
  #leader: Runner | undefined;
  readonly #started: number;
  /** By the time alone, and once. */
  #hedged: boolean;
  #lookAt = 0;

  constructor(first: Running, options: ContestOptions) {
    this.#options = options;
    this.#runners = [{ ...first, held: [] }];
    this.#hedged = !options.hedgeMs;
    this.#started = options.clock.monotonic();
  }

  /** Everyone who has been sent and is not out. */
  get running(): readonly Running[] {
    return this.#runners;
  }

  /** The next event of who leads, or of anybody while nobody does; a useless end only of the last one left. */
  async next(): Promise<Heard> {
    for (;;) {
      const held = this.#leader?.held.shift();
      if (this.#leader && held) return { by: this.#leader, event: held };
      const heard = await this.#first();
      if (!heard) {
        this.#hedged = true;
        await this.#askAnother();
        continue;
      }
      const { by, event } = heard;
      by.next = undefined;
      by.call.note(event);
      const { type } = event;
      if (type === 'open') return heard;
      if (type === 'alive') {
        if (event.part === undefined && this.#quiet()) await this.#askAnother();
        return heard;
      }
      const alone = this.#runners.length === 1;
      if (type === 'error' && alone) return heard;
      if (type === 'error' || (type === 'finish' && !alone && isUseless(event))) {
        this.#leave(by, event);
        continue;
      }
      by.held.push(event);
      const free = !this.#leader || this.#leader === by;
      if (alone || type === 'finish' || (free && !isBlank(event))) this.#decide(by);
    }
  }

  /** Who speaks first; undefined when nobody does for too long. */
  async #first(): Promise<Said | undefined> {
    const [only] = this.#runners as [Runner];
    const { clock, hedgeMs = 0 } = this.#options;
    const timed = !this.#hedged && !this.#leader;
    if (!timed && this.#runners.length === 1 && !only.next) return { by: only, event: await only.call.next() };
    const heard = this.#runners.map(runner => {
      runner.next ??= runner.call.next().then(event => ({ by: runner, event }));
      return runner.next;
    });
    if (!timed) return Promise.race(heard);
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

  /** Everyone who was asked is, and it is time to see whether another one can be. */
  #quiet(): boolean {
    const { clock, hedgeMs } = this.#options;
    if (hedgeMs === 0 || clock.monotonic() < this.#lookAt) return false;
    return this.#runners.every(({ call }) => call.tooQuiet !== undefined && call.quietMs >= (hedgeMs ?? 0));
  }

  async #askAnother(): Promise<void> {
    this.#lookAt = this.#options.clock.monotonic() + LOOK_AGAIN_MS;
    const next = await this.#options.another(this.#runners);
    if (next) this.#runners.push({ ...next, held: [] });
  }

  #decide(winner: Runner): void {
    this.#leader = winner;
    for (const runner of this.#runners) if (runner !== winner) this.#options.lost(runner, undefined);
    this.#runners = [winner];
  }

  /** Where the leader leaves, who has said most of an answer follows. */
  #leave(runner: Runner, end: ProviderFinish | ProviderError): void {
    this.#runners = this.#runners.filter(each => each !== runner);
    this.#options.lost(runner, end);
    if (this.#leader !== runner) return;
    this.#leader = this.#runners.find(({ held }) => held.length > 0);
  }
}

/** Nobody is cut for such an end: it helps no one. A refusal is taken only where nobody else has anything to say. */
const isUseless = (end: ProviderFinish): boolean =>
  problemOf(end) !== undefined || end.stop === 'refusal' || saysNothing(end);

/** The empty lines with which some models begin are no answer yet. */
const isBlank = (event: ProviderEvent): boolean =>
  (event.type === 'text' || event.type === 'reasoning') && !event.text.trim();
