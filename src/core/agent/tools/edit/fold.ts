/** What a comparison forgives, each of them what stands before it too. */
export const LOOSENESS = ['line ends', 'typography', 'indentation', 'spacing'] as const;
export type Looseness = (typeof LOOSENESS)[number];

/** Text as it is compared, and where in the original each of its characters stood. */
export interface Folded {
  text: string;
  at: number[];
}

const PLAIN: readonly [fancy: string, plain: string][] = [
  ['\u2018\u2019\u201a\u201b\u2032\u02bc', "'"],
  ['\u201c\u201d\u201e\u201f\u2033', '"'],
  ['\u2010\u2011\u2012\u2013\u2014\u2015\u2212', '-'],
  ['\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000', ' '],
  ['\u2026', '...'],
  ['\u200b\u200c\u200d\u2060\ufeff\u00ad', ''],
];
const plainOf = new Map(PLAIN.flatMap(([fancy, plain]) => [...fancy].map(one => [one, plain] as const)));

/** The plain character that a typographic one stands for; undefined for all others. */
export const plainCharacter = (one: string): string | undefined => plainOf.get(one);

const isSpace = (one: string) => one === ' ' || one === '\t';

/** Leaves out of a text what does not count at this looseness. */
export function fold(text: string, looseness: Looseness): Folded {
  const level = LOOSENESS.indexOf(looseness);
  const typography = level >= LOOSENESS.indexOf('typography');
  const indentation = level >= LOOSENESS.indexOf('indentation');
  const spacing = level >= LOOSENESS.indexOf('spacing');
  const out: string[] = [];
  const at: number[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const kept: { one: string; at: number }[] = [];
    for (let index = 0; index < line.length; index++) {
      const raw = line.charAt(index);
      for (const one of (typography ? plainOf.get(raw) : undefined) ?? raw) {
        const inside = kept.length > 0;
        if (isSpace(one) && ((indentation && !inside) || (spacing && isSpace(kept.at(-1)?.one ?? '')))) continue;
        kept.push({ one: spacing && isSpace(one) ? ' ' : one, at: start + index });
      }
    }
    while (isSpace(kept.at(-1)?.one ?? '')) kept.pop();
    const end = start + line.length;
    for (const { one, at: from } of kept) {
      out.push(one);
      at.push(from);
    }
    if (end < text.length && !(spacing && (kept.length === 0 || out.length === 0))) {
      out.push('\n');
      at.push(end);
    }
    start = end + 1;
  }
  at.push(text.length);
  return { text: out.join(''), at };
}
