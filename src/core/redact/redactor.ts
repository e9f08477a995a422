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
      for (const form of this.#beginning.get(found) ?? [])
        end = Math.max(end, endOf(form.slice(found.length), text, match.index + found.length));
      for (const form of this.#ending.get(found) ?? [])
        start = Math.min(start, startOf(form.slice(0, -found.length), text, match.index));
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

/** Line breaks as they stand in a text, in JSON, and in JSON within JSON: base64 is written in lines. */
const breakAfter = /(?:\\{1,8}[nr]|[\r\n]){1,4}/y;
const breakBefore = /(?:\\{1,8}[nr]|[\r\n]){1,4}$/;
const LONGEST_BREAK = 36;

/** Where what stands in the text from there is no longer the rest of a secret. */
function endOf(rest: string, text: string, from: number): number {
  let at = from;
  for (let i = 0; i < rest.length; ) {
    if (text[at] !== rest[i]) {
      breakAfter.lastIndex = at;
      const gap = breakAfter.exec(text)?.[0].length ?? 0;
      if (gap === 0 || text[at + gap] !== rest[i]) break;
      at += gap;
    }
    at++;
    i++;
  }
  return at;
}

/** The same from its end. */
function startOf(rest: string, text: string, to: number): number {
  let at = to;
  for (let i = rest.length; i > 0; ) {
    if (text[at - 1] !== rest[i - 1]) {
      const gap = breakBefore.exec(text.slice(Math.max(0, at - LONGEST_BREAK), at))?.[0].length ?? 0;
      if (gap === 0 || text[at - gap - 1] !== rest[i - 1]) break;
      at -= gap;
    }
    at--;
    i--;
  }
  return at;
}

function note(map: Map<string, string[]>, key: string, form: string): void {
  map.set(key, [...(map.get(key) ?? []), form]);
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
