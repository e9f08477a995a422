import type { Clock, Disposable } from '../core/ports.ts';

/** At most sixty updates a second. */
const FRAME_MS = 17;
/** A page that draws nothing, because its window is hidden, is told no more often than this. */
const PATIENCE_MS = 500;

/**
 * When the page may be told something: never before it has drawn what it was told last, so that what happens meanwhile
 * becomes one update, at the pace at which the page really draws.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #send: () => void;
  #timer: Disposable | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  #undrawn = false;
  /** When something is to be sent, by the monotonic clock. */
  #due = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, send: () => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Something is to be sent, in `ms` at the latest. */
  want(ms: number): void {
    const due = this.#clock.monotonic() + ms;
    if (due >= this.#due) return;
    this.#due = due;
    this.#plan();
  }

  /** To be called with each message that is sent. */
  sent(): void {
    this.#sentAt = this.#clock.monotonic();
    this.#undrawn = true;
  }

  /** The page has drawn the last message. */
  drawn(): void {
    this.#undrawn = false;
    this.#plan();
  }

  stop(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    this.#undrawn = false;
  }

  #plan(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#due === Number.POSITIVE_INFINITY) return;
    const earliest = this.#sentAt + (this.#undrawn ? PATIENCE_MS : FRAME_MS);
    const wait = Math.max(this.#due, earliest) - this.#clock.monotonic();
    this.#timer = this.#clock.after(Math.max(0, wait), () => {
      this.#timer = undefined;
      this.#due = Number.POSITIVE_INFINITY;
      this.#send();
    });
  }
}
