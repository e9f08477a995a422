/** What the vendors' keys and tokens look like; anything of these shapes is taken for a secret. */
const shapes = [
  /sk-(?:ant|proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{16,}/,
  // Without dashes, unlike the many CSS classes that begin so.
  /sk-[A-Za-z0-9]{20,}/,
  /AIza[A-Za-z0-9_-]{30,}/,
  /AQ\.[A-Za-z0-9_-]{30,}/,
  /(?:gsk|xai|hf|fw|pplx|csk|tgp_v1|r8)[_-][A-Za-z0-9_-]{20,}/,
  /gh[pousr]_[A-Za-z0-9]{20,}/,
  /github_pat_[A-Za-z0-9_]{20,}/,
  /AKIA[A-Z0-9]{16}/,
  /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/,
];
/** Where a word begins; in serialised text, what stands before may be the letter of an escape such as \n. */
const start = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])|(?<=\\u[0-9a-fA-F]{4}))`;
const known = new RegExp(`${start}(?:${shapes.map(shape => shape.source).join('|')})`, 'g');
/** How any of them begins: most text holds none of these, which is found out much faster. */
const beginnings = /sk-|AIza|AQ\.|(?:gsk|xai|hf|fw|pplx|csk|tgp_v1|r8)[_-]|gh[pousr]_|github_pat_|AKIA|eyJ/;
const mark = '[redacted]';
/** Shorter values would blank ordinary words. */
const shortest = 8;

/** Takes secrets out of text: the keys it was told of, and whatever is shaped like one. */
export class Redactor {
  readonly #values = new Set<string>();
  #told: RegExp | undefined;

  constructor(...secrets: (string | undefined)[]) {
    for (const secret of secrets) this.add(secret);
  }

  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < shortest) return;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      this.#values.add(form);
    // The longest first, so that a key is never left standing behind a shorter one that begins it.
    const alternatives = [...this.#values].sort((a, b) => b.length - a.length).map(escapeForRegExp);
    this.#told = new RegExp(alternatives.join('|'), 'g');
  }

  text(text: string): string {
    const told = this.#told ? text.replace(this.#told, mark) : text;
    return beginnings.test(told) ? told.replace(known, mark) : told;
  }

  /** The same value with every string in it redacted, names of fields too. */
  deep<T>(value: T): T {
    return this.#deep(value) as T;
  }

  #deep(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map(item => this.#deep(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#deep(item)]));
  }
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
