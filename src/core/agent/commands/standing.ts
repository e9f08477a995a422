import type { Arg, Standing } from './simple.ts';

/** Where the line itself begins. */
export const atStart: Standing = [[]];

/** Where one stands after a command that went well, and after one that did not. */
export interface After {
  done: Standing;
  failed: Standing;
}

/** More than this are not told apart any more. */
const MAX_WAYS = 16;

export function either(one: Standing, other: Standing): Standing {
  if (one === other) return one;
  if (one === 'unknown' || other === 'unknown') return 'unknown';
  const ways = new Map([...one, ...other].map(way => [way.join('\0'), way]));
  return ways.size > MAX_WAYS ? 'unknown' : [...ways.values()];
}

export const unmoved = (at: Standing): After => ({ done: at, failed: at });

/** Run other text in this same shell, or go where only the shell knows. */
const movers = new Set(['eval', 'source', '.', 'trap', 'popd', 'alias', 'enable', 'set', 'shopt', 'dirs', 'unset']);

/** Where a simple command leaves the shell that runs it. */
export function afterCommand(args: readonly Arg[], at: Standing): After {
  let words = args;
  while (words[0]?.fixed && /^(command|builtin)$/.test(words[0].text)) words = words.slice(1);
  const [name, ...rest] = words;
  if (!name) return unmoved(at);
  if (!name.fixed || name.glob || movers.has(name.text)) return { done: 'unknown', failed: 'unknown' };
  if (name.text !== 'cd' && name.text !== 'pushd' && name.text !== 'chdir') return unmoved(at);
  return { done: entered(at, rest), failed: at };
}

/** The folders that `cd` leads to from each of these. */
export function entered(at: Standing, args: readonly Arg[]): Standing {
  const named = args.filter(arg => !(arg.fixed && /^-[LPe@]*$|^--$/.test(arg.text) && arg.text !== '-'));
  const [to, more] = named;
  if (at === 'unknown' && !/^[/\\]/.test(to?.text ?? '')) return 'unknown';
  if (!to?.fixed || to.glob || more || /^[-+~]/.test(to.text) || to.text === '') return 'unknown';
  return at === 'unknown' ? [[to.text]] : at.map(way => [...way, to.text]);
}
