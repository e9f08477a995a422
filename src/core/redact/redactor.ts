import { formsOf, TELLING } from './forms.ts';
import { withoutShapes } from './shapes.ts';

const MARK = '[redacted]';
/** Shorter values would blank ordinary words. */
const SHORTEST = 8;

/** Takes secrets out of text: the keys it was told of, and whatever is shaped like one. */
export class Redactor {
  readonly #forms = new Set<string>();
  /** Whole forms, and beginnings and ends of long ones. */
  #told: RegExp | undefined;
  /** One of these is in every text that #told finds something in; to look for them is much faster. */
  #signs: string[] = [];
  readonly #beginning = new Map<string, string[]>();
  readonly #ending = new Map<string, string[]>();

  constructor(...secrets: (string | undefined)[]) {
    for (const secret of secrets) this.add(secret);
  }

  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < SHORTEST) return;
    for (const form of formsOf(secret)) {
      if (this.#forms.has(form)) continue;
      this.#forms.add(form);
      // A part that ends in an escape or a quote could take a bit of the JSON around it along.
      if (form.length < 2 * TELLING || /["\\]/.test(form)) continue;
      note(this.#beginning, form.slice(0, TELLING), form);
      note(this.#ending, form.slice(-TELLING), form);
    }
    // The longest first, so that a key is never left standing behind a shorter one that begins it.
    const parts = [...this.#forms, ...this.#beginning.keys(), ...this.#ending.keys()];
    this.#signs = [...this.#beginning.keys(), ...this.#ending.keys()];
    for (const form of this.#forms) if (!this.#signs.some(sign => form.includes(sign))) this.#signs.push(form);
    const alternatives = parts.sort((a, b) => b.length - a.length).map(escapeForRegExp);
    this.#told = new RegExp([...new Set(alternatives)].join('|'), 'g');
  }

  text(text: string): string {
    const told = this.#told && this.#signs.some(sign => text.includes(sign));
    return withoutShapes(told && this.#told ? this.#withoutTold(text, this.#told) : text, MARK);
  }

  /** The same value with every string in it redacted, names of fields too. */
  deep<T>(value: T): T {
    return this.#deep(value) as T;
  }

  #withoutTold(text: string, told: RegExp): string {
    let clean = '';
    let from = 0;
    told.lastIndex = 0;
    for (let match = told.exec(text); match; match = told.exec(text)) {
      const [found] = match;
      let [start, end] = [match.index, match.index + found.length];
      // Cut off somewhere: as much of it as there is.
      for (const form of this.#beginning.get(found) ?? []) {
        let length = found.length;
        while (length < form.length && text[match.index + length] === form[length]) length++;
        end = Math.max(end, match.index + length);
      }
      for (const form of this.#ending.get(found) ?? []) {
        let length = found.length;
        const stop = match.index + found.length;
        while (length < form.length && text[stop - length - 1] === form.at(-length - 1)) length++;
        start = Math.min(start, stop - length);
      }
      clean += `${text.slice(from, Math.max(from, start))}${MARK}`;
      from = end;
      told.lastIndex = end;
    }
    told.lastIndex = 0;
    return clean + text.slice(from);
  }

  #deep(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map(item => this.#deep(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#deep(item)]));
  }
}

function note(map: Map<string, string[]>, key: string, form: string): void {
  map.set(key, [...(map.get(key) ?? []), form]);
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
