import { createHash } from 'node:crypto';
import type { Clock } from '../core/ports.ts';
import { ProblemError } from './problem.ts';

const KEPT = 1000;
const KEPT_MS = 24 * 3600 * 1000;

interface Kept<T> {
  at: number;
  print: string;
  answer: Promise<T>;
}

/** The id of a request in journals, from the key that its client chose; the same token and key give the same id. */
export function requestId(token: string, key: string): string {
  return `h_${createHash('sha256').update(`${token}\0${key}`).digest('hex').slice(0, 40)}`;
}

/**
 * Answers what was asked under the same id the same way again, also while the first is under way. The journal does the same
 * over a restart of the server, for what reached a session.
 */
export class Once<T> {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async answer(id: string, asked: unknown, make: () => Promise<T>): Promise<{ answer: T; again: boolean }> {
    const print = createHash('sha256')
      .update(JSON.stringify(asked) ?? '')
      .digest('hex');
    const known = this.#kept.get(id);
    if (known && this.#clock.now() - known.at < KEPT_MS) {
      if (known.print !== print) throw new ProblemError('key-reused');
      return { answer: await known.answer, again: true };
    }
    const answer = make();
    this.#kept.set(id, { at: this.#clock.now(), print, answer });
    // What failed may be tried again.
    answer.catch(() => this.#kept.delete(id));
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return { answer: await answer, again: false };
  }
}
