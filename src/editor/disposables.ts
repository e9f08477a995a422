import type { Disposable } from '../core/ports.ts';

/** Owns disposables; what is added after its own disposal is disposed at once. */
export class DisposableStore implements Disposable {
  readonly #owned = new Set<Disposable>();
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(thing: T): T {
    if (this.#disposed) thing.dispose();
    else this.#owned.add(thing);
    return thing;
  }

  /** Lets go of a thing that has been disposed otherwise. */
  release(thing: Disposable): void {
    this.#owned.delete(thing);
  }

  /** Last in, first out. One that fails does not keep the others; the first failure is thrown at the end. */
  dispose(): void {
    this.#disposed = true;
    const failures: unknown[] = [];
    for (const thing of [...this.#owned].reverse()) {
      this.#owned.delete(thing);
      try {
        thing.dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
