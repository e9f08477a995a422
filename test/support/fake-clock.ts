import type { Clock, Disposable } from '../../src/core/ports.ts';

interface Timer {
  due: number;
  order: number;
  run: () => void;
}

/** Lets every promise chain and immediate that is ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise<void>(resolve => setImmediate(resolve));
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #wall: number;
  #passed = 0;
  #order = 0;
  #timers = new Set<Timer>();

  constructor(start = Date.UTC(2026, 10, 21, 12)) {
    this.#wall = start;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#passed;
  }

  after(ms: number, run: () => void): Disposable {
    const timer: Timer = { due: this.#passed + Math.max(0, ms), order: this.#order++, run };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  }

  /** Timers that would still fire: a test that ends with any has found a leak. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the wall clock alone, as a correction of the system's time does. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  /** Lets `ms` pass: fires what falls due in order, and lets what follows from each run before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#passed + ms;
    await settle();
    for (let next = this.#next(); next && next.due <= end; next = this.#next()) {
      this.#fire(next);
      await settle();
    }
    this.#pass(end - this.#passed);
  }

  /** Lets time pass from timer to timer until the promise settles; refuses when nothing is left that could settle it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const finish = () => {
      done = true;
    };
    promise.then(finish, finish);
    await settle();
    while (!done) {
      const next = this.#next();
      if (!next) throw new Error('nothing is due that could settle the promise');
      this.#fire(next);
      await settle();
    }
    return promise;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    return next;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#pass(timer.due - this.#passed);
    timer.run();
  }

  #pass(ms: number): void {
    this.#passed += ms;
    this.#wall += ms;
  }
}
