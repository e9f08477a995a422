import type { ModelRef } from '../../protocol/ids.ts';

/** What others may want of a running agent, until the loop takes it up. */
export class AgentControl {
  readonly #abort = new AbortController();
  #route: ModelRef[];
  #nudges: string[] = [];
  #paused: PromiseWithResolvers<void> | undefined;

  readonly #outer: (() => Promise<void>) | undefined;

  /** `outer`: what it waits for, too, before it goes on. */
  constructor(route: ModelRef[], outer?: () => Promise<void>) {
    this.#route = route;
    this.#outer = outer;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get route(): ModelRef[] {
    return this.#route;
  }

  nudge(text: string): void {
    this.#nudges.push(text);
  }

  takeNudges(): string[] {
    const taken = this.#nudges;
    this.#nudges = [];
    return taken;
  }

  pause(): void {
    if (!this.signal.aborted) this.#paused ??= Promise.withResolvers<void>();
  }

  unpause(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  reassign(route: ModelRef[]): void {
    this.#route = route;
  }

  abort(reason: string): void {
    this.#abort.abort(new Error(reason));
    this.unpause();
  }

  /** Passes at once unless paused; an abort lets it pass too. */
  async gate(): Promise<void> {
    while (this.#paused) await this.#paused.promise;
    await this.#outer?.();
  }
}
