import { compileGlob, starMatcher } from '../core/glob.ts';

interface Rule {
  /** Takes a path back in that an earlier rule left out. */
  keeps: boolean;
  foldersOnly: boolean;
  matches: (path: string) => boolean;
}

/** More lines than this are nobody's honest work; the rest is passed over. */
const MAX_RULES = 5000;

/** The rules of one .gitignore. They may have come with a clone, so that none takes long, whatever it is. */
export class IgnoreRules {
  readonly #rules: Rule[];

  constructor(text: string) {
    this.#rules = text
      .replace(/^\uFEFF/, '')
      .split('\n', MAX_RULES)
      .flatMap(line => ruleOf(line) ?? []);
  }

  /** What the last rule that matches says of a path below its folder; undefined: none does. */
  ignores(path: string, isFolder: boolean): boolean | undefined {
    const rule = this.#rules.findLast(({ foldersOnly, matches }) => (isFolder || !foldersOnly) && matches(path));
    return rule && !rule.keeps;
  }
}

function ruleOf(line: string): Rule | undefined {
  // Spaces at the end mean nothing, unless the last one is escaped.
  let pattern = line.replace(/\r$/, '');
  while (pattern.endsWith(' ') && !pattern.endsWith('\\ ')) pattern = pattern.slice(0, -1);
  if (pattern === '' || pattern.startsWith('#')) return undefined;
  const keeps = pattern.startsWith('!');
  if (keeps) pattern = pattern.slice(1);
  const foldersOnly = pattern.endsWith('/');
  if (foldersOnly) pattern = pattern.slice(0, -1);
  const anchored = pattern.includes('/');
  if (pattern.startsWith('/')) pattern = pattern.slice(1);
  return pattern === '' ? undefined : { keeps, foldersOnly, matches: matcherOf(pattern, anchored) };
}

function matcherOf(pattern: string, anchored: boolean): (path: string) => boolean {
  // Most rules name a file, or an ending: these need no more than a look.
  if (!anchored && !/[\\?[]/.test(pattern)) {
    const matches = starMatcher(pattern.toLowerCase());
    return path => matches(path.slice(path.lastIndexOf('/') + 1).toLowerCase());
  }
  return compileGlob(anchored ? pattern : `**/${pattern}`, { escapes: true, fold: true });
}
