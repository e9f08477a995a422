const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** The share of words that two texts have in common: 1 where they are the same. */
export function alike(one: string, other: string): number {
  const [words, others] = [wordsOf(one), wordsOf(other)];
  const common = [...words].filter(word => others.has(word)).length;
  const all = words.size + others.size - common;
  return all === 0 ? 0 : common / all;
}

/** From here on two texts probably mean the same. */
export const ALIKE = 0.8;
