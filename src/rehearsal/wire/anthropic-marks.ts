import { refuse } from './failure.ts';
import { isObject, type Json } from './json.ts';
import type { Prefix } from './prefix.ts';
import type { Breakpoint } from './prompt-cache.ts';

/** How the request asks for thinking. */
export interface Thinking {
  type: string | undefined;
  omitted: boolean;
}

/** The blocks of a prompt, and where the client wants it cached. */
export class Marks {
  readonly points: Breakpoint[] = [];
  readonly ends: number[] = [];
  readonly prefix: Prefix;

  constructor(prefix: Prefix) {
    this.prefix = prefix;
  }

  /** Adds one block; its `cache_control` is no part of what is hashed. Returns the text that was. */
  add(role: string, block: Json, where: string | undefined): string {
    const { cache_control, ...rest } = block;
    const text = `${role}:${JSON.stringify(rest)}`;
    const piece = this.prefix.add(text);
    this.ends.push(piece);
    if (cache_control !== undefined && cache_control !== null) this.#point(cache_control, piece, where ?? role);
    return text;
  }

  automatic(control: unknown): void {
    const piece = this.ends.at(-1);
    if (control !== null && piece !== undefined && this.points.at(-1)?.piece !== piece)
      this.#point(control, piece, 'cache_control');
  }

  #point(control: unknown, piece: number, where: string): void {
    if (!isObject(control) || control.type !== 'ephemeral')
      refuse(`${where}.cache_control.type: should be 'ephemeral'`);
    const ttl = control.ttl ?? '5m';
    if (ttl !== '5m' && ttl !== '1h') refuse(`${where}.cache_control.ttl: should be '5m' or '1h'`);
    const ttlMs = ttl === '1h' ? 3_600_000 : 300_000;
    const before = this.points.at(-1);
    if (before && before.ttlMs < ttlMs)
      refuse(`${where}.cache_control.ttl: a ttl='1h' block must not come after a ttl='5m' block`);
    this.points.push({ piece, ttlMs });
  }
}
