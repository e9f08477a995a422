import type { Disposable } from '../core/ports.ts';

/** Hands on what it hears; what came before anybody listened is handed on first. */
export class Relay<T> {
  #early: T[] = [];
  #listener: ((item: T) => void) | undefined;

  hear(item: T): void {
    if (this.#listener) this.#listener(item);
    else this.#early.push(item);
  }

  listen(listener: (item: T) => void): Disposable {
    const early = this.#early;
    this.#early = [];
    this.#listener = listener;
    for (const item of early) listener(item);
    return {
      dispose: () => {
        this.#listener = () => {};
      },
    };
  }
}
