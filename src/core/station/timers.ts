import type { Clock, Disposable } from '../ports.ts';

/** Timers by name: one that is set again replaces the one before, and after `dispose` none is set any more. */
export class Timers implements Disposable {
  readonly #clock: Clock;
  readonly #timers = new Map<string, Disposable>();
  #disposed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: string, ms: number, run: () => void): void {
    if (this.#disposed) return;
    this.clear(name);
    this.#timers.set(
      name,
      this.#clock.after(ms, () => {
        this.#timers.delete(name);
        run();
      }),
    );
  }

  clear(name: string): void {
    this.#timers.get(name)?.dispose();
    this.#timers.delete(name);
  }

  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#timers.values()) timer.dispose();
    this.#timers.clear();
  }
}
