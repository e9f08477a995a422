import type { Prefix } from './prefix.ts';

/** How a prompt is billed: disjoint parts of it. */
export interface PromptBill {
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWriteLong: number;
}

/** A place up to which the client asked to cache. */
export interface Breakpoint {
  /** Number of the piece that ends there. */
  piece: number;
  ttlMs: number;
}

const automaticTtlMs = 10 * 60_000;
const maxEntries = 200_000;
/** Anthropic looks this many blocks back from a breakpoint for an earlier entry. */
const lookBack = 20;

/** Remembers prompts as the vendors' caches do, so that usage figures come out as theirs would. */
export class PromptCache {
  readonly #expiry = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Caching without being asked: the longest known prefix is read, in whole steps; all of the prompt is then known. */
  automatic(prefix: Prefix, rule: { min: number; step: number; writes: boolean }): PromptBill {
    const total = prefix.tokens;
    let at = prefix.hashes.length - 1;
    while (at >= 0 && !this.#alive(prefix.hashes[at])) at--;
    const known = at < 0 ? 0 : (prefix.sums[at] ?? 0);
    const cacheRead = known < rule.min ? 0 : known - (known % rule.step);
    for (const hash of prefix.hashes) this.#put(hash, automaticTtlMs);
    const cacheWrite = rule.writes && total >= rule.min ? total - (total % rule.step) - cacheRead : 0;
    return { input: total - cacheRead - cacheWrite, cacheRead, cacheWrite, cacheWriteLong: 0 };
  }

  /** Caching at breakpoints. `ends` are the pieces that end a block, in order. */
  atBreakpoints(prefix: Prefix, breakpoints: Breakpoint[], ends: number[], min: number): PromptBill {
    const total = prefix.tokens;
    const asked = breakpoints.filter(point => (prefix.sums[point.piece] ?? 0) >= min);
    const last = asked.at(-1);
    if (!last) return { input: total, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 };
    const hit = this.#longest(prefix, asked, ends);
    const cacheRead = hit < 0 ? 0 : (prefix.sums[hit] ?? 0);
    let from = cacheRead;
    let cacheWriteLong = 0;
    for (const point of asked) {
      const sum = prefix.sums[point.piece] ?? 0;
      if (point.ttlMs > 300_000) cacheWriteLong += Math.max(0, sum - from);
      from = Math.max(from, sum);
      const hash = prefix.hashes[point.piece];
      if (hash !== undefined) this.#put(hash, point.ttlMs);
    }
    return { input: total - from, cacheRead, cacheWrite: from - cacheRead, cacheWriteLong };
  }

  #longest(prefix: Prefix, asked: Breakpoint[], ends: number[]): number {
    for (const point of asked.toReversed()) {
      const from = ends.lastIndexOf(point.piece);
      for (let back = 0; back <= lookBack && from - back >= 0; back++) {
        const piece = ends[from - back] ?? -1;
        const hash = prefix.hashes[piece];
        if (hash === undefined || !this.#alive(hash)) continue;
        this.#put(hash, point.ttlMs);
        return piece;
      }
    }
    return -1;
  }

  #alive(hash: string | undefined): boolean {
    return hash !== undefined && (this.#expiry.get(hash) ?? 0) > this.#now();
  }

  #put(hash: string, ttlMs: number): void {
    const until = Math.max(this.#expiry.get(hash) ?? 0, this.#now() + ttlMs);
    this.#expiry.delete(hash);
    this.#expiry.set(hash, until);
    if (this.#expiry.size <= maxEntries) return;
    const oldest = this.#expiry.keys().next();
    if (!oldest.done) this.#expiry.delete(oldest.value);
  }
}
