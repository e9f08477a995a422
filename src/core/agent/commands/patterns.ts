import type { Simple } from './simple.ts';

/** A pattern of the user's: words, `*` for any part of a word, and a last `*` for any further words. */
export type CommandPattern = (command: Simple) => boolean;

export function commandPattern(pattern: string): CommandPattern {
  const words = pattern.trim().split(/\s+/).filter(Boolean);
  const open = words.at(-1) === '*';
  const matchers = (open ? words.slice(0, -1) : words).map(wordMatcher);
  return ({ args }) => {
    if (words.length === 0 || args.length < matchers.length || (!open && args.length !== matchers.length)) return false;
    return matchers.every((matches, i) => matches(args[i]?.text ?? ''));
  };
}

/** Matches from both ends inwards, one star at a time, so that no pattern takes long. */
function wordMatcher(word: string): (text: string) => boolean {
  const parts = word.split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text => text === first;
  return text => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > text.length - last.length) return false;
      at = found + part.length;
    }
    return true;
  };
}
