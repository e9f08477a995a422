import type { LivePart } from '../protocol/dashboard.ts';
import { FLOWING } from '../protocol/flowing.ts';

/** Tokens are put together into pieces of that length: a text that grows token by token takes many times its size. */
const PIECE_CHARACTERS = 1000;

interface Part {
  kind: LivePart['kind'];
  /** Finished pieces, oldest first. */
  pieces: string[];
  /** What has come since. */
  open: string[];
  openCharacters: number;
}

/** The end of what somebody said, never longer than about `limit` characters; adding costs no more when it is full. */
export class Tail {
  readonly #limit: number;
  #parts: Part[] = [];
  #characters = 0;
  /** Whether its beginning has been dropped. */
  cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(kind: LivePart['kind'], text: string): void {
    let part = this.#parts.at(-1);
    if (part?.kind !== kind || !FLOWING.has(kind)) {
      part = { kind, pieces: [], open: [], openCharacters: 0 };
      this.#parts.push(part);
      this.#characters++;
    }
    part.open.push(text);
    part.openCharacters += text.length;
    this.#characters += text.length;
    if (part.openCharacters >= PIECE_CHARACTERS) close(part);
    if (this.#characters > this.#limit + 2 * PIECE_CHARACTERS) this.trim(this.#limit);
  }

  parts(): LivePart[] {
    return this.#parts.map(({ kind, pieces, open }) => ({ kind, text: pieces.join('') + open.join('') }));
  }

  /** Gives the parts away and is empty. */
  take(): LivePart[] {
    const parts = this.parts();
    this.#parts = [];
    this.#characters = 0;
    this.cut = false;
    return parts;
  }

  get empty(): boolean {
    return this.#parts.length === 0;
  }

  trim(limit: number): void {
    if (this.#characters <= limit) return;
    this.cut = true;
    for (const part of this.#parts) close(part);
    let drop = 0;
    for (const part of this.#parts) {
      const { pieces } = part;
      while (pieces.length > 0 && this.#characters > limit) {
        const excess = this.#characters - limit;
        const first = pieces[0] ?? '';
        if (first.length > excess) pieces[0] = copied(first.slice(excess));
        else pieces.shift();
        this.#characters -= Math.min(excess, first.length);
      }
      if (pieces.length > 0) break;
      drop++;
      this.#characters--;
    }
    this.#parts.splice(0, drop);
  }
}

function close(part: Part): void {
  if (part.open.length === 0) return;
  part.pieces.push(part.open.join(''));
  part.open = [];
  part.openCharacters = 0;
}

/** A piece of a text keeps all of the text in memory; a copy does not. */
const copied = (text: string): string => JSON.parse(JSON.stringify(text)) as string;
