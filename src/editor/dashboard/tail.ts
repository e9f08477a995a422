import type { LivePart } from '../../protocol/dashboard.ts';

/** Kinds that go on: what follows of the same kind is the same text. */
const flowing = new Set<LivePart['kind']>(['text', 'reasoning', 'arguments', 'output']);

/** The end of what somebody said, never longer than about `limit` characters; adding costs no more when it is full. */
export class Tail {
  readonly #limit: number;
  #parts: LivePart[] = [];
  #characters = 0;
  /** Whether its beginning has been dropped. */
  cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(kind: LivePart['kind'], text: string): void {
    const last = this.#parts.at(-1);
    if (last?.kind === kind && flowing.has(kind)) last.text += text;
    else this.#parts.push({ kind, text });
    this.#characters += text.length + 1;
    // Twice the limit before it is cut: then each character is moved once.
    if (this.#characters > 2 * this.#limit) this.trim(this.#limit);
  }

  /** A copy: the parts themselves go on growing. */
  parts(): LivePart[] {
    return this.#parts.map(part => ({ ...part }));
  }

  /** Gives the parts away and is empty. */
  take(): LivePart[] {
    const parts = this.#parts;
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
    let room = limit;
    const kept: LivePart[] = [];
    for (const part of this.#parts.toReversed()) {
      if (room <= 0) break;
      const text = part.text.slice(-room);
      kept.push({ kind: part.kind, text });
      room -= text.length + 1;
    }
    this.#parts = kept.reverse();
    this.#characters = limit - room;
  }
}
