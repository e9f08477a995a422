import { DEEPEST, isDeepText } from './depth.ts';

export type JsonReading = { ok: true; value: unknown } | { ok: false; why: 'too-deep' | 'not-json' };

/**
 * Reads JSON as models write it. What is no JSON is read all the same where it can mean one thing only: in a code fence,
 * with commas after the last item, comments, names or strings in single quotes or none, Python's words, line breaks in
 * strings. Everything else is left to its writer: what is missing, cut off, said twice or followed by more is never
 * guessed, since a guess that is wrong would be carried out.
 */
export function readJson(text: string): JsonReading {
  const inner = unfenced(text);
  if (isDeepText(inner)) return { ok: false, why: 'too-deep' };
  try {
    return { ok: true, value: JSON.parse(inner) };
  } catch {
    return new Reader(inner).read();
  }
}

function unfenced(text: string): string {
  return /^\s*```[a-z]*[ \t]*\r?\n([\s\S]*?)\r?\n?[ \t]*```\s*$/i.exec(text)?.[1] ?? text;
}

const words: Record<string, unknown> = { true: true, false: false, null: null, True: true, False: false, None: null };
const escapes: Record<string, string> = {
  ...{ '"': '"', "'": "'", '\\': '\\', '/': '/' },
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
};
const blanks = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const name = /[A-Za-z_$][\w$-]*/y;
const plain = /[^"'\\]+/y;
const hex = /[\dA-Fa-f]{4}/y;

/** It can mean more than one thing, or nothing. */
class Doubt extends Error {}
class TooDeep extends Error {}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonReading {
    try {
      const value = this.#value();
      this.#match(blanks);
      if (this.#at < this.#text.length) throw new Doubt();
      return { ok: true, value };
    } catch (error) {
      if (error instanceof TooDeep) return { ok: false, why: 'too-deep' };
      if (error instanceof Doubt) return { ok: false, why: 'not-json' };
      throw error;
    }
  }

  #value(): unknown {
    this.#match(blanks);
    const char = this.#text[this.#at];
    if (char === '{') return this.#inside(() => this.#object());
    if (char === '[') return this.#inside(() => this.#array());
    if (char === '"' || char === "'") return this.#string(char);
    const digits = this.#match(number);
    if (digits) return Number(digits);
    const word = this.#match(name) ?? '';
    if (!Object.hasOwn(words, word)) throw new Doubt();
    return words[word];
  }

  #inside<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw new TooDeep();
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): unknown {
    const entries = new Map<string, unknown>();
    while (!this.#closes('}')) {
      const key = this.#key();
      this.#match(blanks);
      if (this.#text[this.#at++] !== ':' || entries.has(key)) throw new Doubt();
      entries.set(key, this.#value());
      this.#separator('}');
    }
    return Object.fromEntries(entries);
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    while (!this.#closes(']')) {
      items.push(this.#value());
      this.#separator(']');
    }
    return items;
  }

  /** Python writes True for a key that is no text. */
  #key(): string {
    const char = this.#text[this.#at];
    if (char === '"' || char === "'") return this.#string(char);
    const key = this.#match(name);
    if (key === undefined || Object.hasOwn(words, key)) throw new Doubt();
    return key;
  }

  #closes(bracket: string): boolean {
    this.#match(blanks);
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  /** A comma, or the bracket that closes, which stays to be read. */
  #separator(bracket: string): void {
    this.#match(blanks);
    if (this.#text[this.#at] === ',') this.#at++;
    else if (this.#text[this.#at] !== bracket) throw new Doubt();
  }

  #string(quote: string): string {
    let value = '';
    this.#at++;
    for (;;) {
      value += this.#match(plain) ?? '';
      const char = this.#text[this.#at++];
      if (char === quote) return value;
      if (char === undefined) throw new Doubt();
      value += char === '\\' ? this.#escape() : char;
    }
  }

  #escape(): string {
    const char = this.#text[this.#at++] ?? '';
    if (char === 'u') {
      const code = this.#match(hex);
      if (code === undefined) throw new Doubt();
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const meant = Object.hasOwn(escapes, char) ? escapes[char] : undefined;
    if (meant === undefined) throw new Doubt();
    return meant;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }
}
