import { starMatcher } from '../../glob.ts';
import type { Simple } from './simple.ts';

/** A pattern of the user's: words, `*` for any part of a word, and a last `*` for any further words. */
export type CommandPattern = (command: Simple) => boolean;

export function commandPattern(pattern: string): CommandPattern {
  const words = pattern.trim().split(/\s+/).filter(Boolean);
  const open = words.at(-1) === '*';
  const matchers = (open ? words.slice(0, -1) : words).map(starMatcher);
  return ({ args }) => {
    if (words.length === 0 || args.length < matchers.length || (!open && args.length !== matchers.length)) return false;
    return matchers.every((matches, i) => matches(args[i]?.text ?? ''));
  };
}
