import { expandBraces, longestGlob } from '../glob.ts';

/** `dir/` means everything below, as people write it; `./` in front means nothing. */
export function normalGlob(glob: string): string {
  const bare = glob.replace(/^(\.\/)+/, '');
  return bare.endsWith('/') ? `${bare}**` : bare;
}

/** Why a glob would not mean what was meant by it. */
export function patternMistake(glob: string): string | undefined {
  if (glob.length > longestGlob) return `has more than ${longestGlob} characters; write several shorter ones`;
  if (/[+@?*!]\(/.test(glob))
    return 'has a pattern in brackets; only *, **, ?, {a,b} and [abc] mean anything but themselves';
  if (glob.startsWith('!')) return 'is a negation; name what is wanted instead';
  return undefined;
}

/** Why a glob cannot be a write claim or a path inside the workspace. */
export function globMistake(glob: string): string | undefined {
  if (/^([/\\]|[A-Za-z]:)/.test(glob)) return 'is absolute; write it relative to the workspace';
  if (glob.includes('\\')) return 'has a backslash; put "/" between folders';
  if (glob.split('/').includes('..')) return 'leads out of the workspace';
  if (/^\.?\/?$/.test(glob)) return 'names no file; "**" is everything';
  return patternMistake(glob);
}

const MAX_ALTERNATIVES = 64;

/** Written out; `**` when there are too many to write out, which claims more than was meant, never less. */
const alternatives = (glob: string): string[] =>
  (glob.length > longestGlob ? undefined : expandBraces(glob, MAX_ALTERNATIVES)) ?? ['**'];

type Token = { any: true } | { any: false; one: string | undefined };

/** A folder's or file's name as tokens: a letter, any one letter (`?`), or any run of letters (`*`, `[…]`). */
function tokens(segment: string): Token[] {
  const out: Token[] = [];
  // What stands in brackets is one letter of several, or itself.
  for (const char of segment.replace(/\[.*\]/, '*')) {
    if (char === '*') {
      if (out.at(-1)?.any !== true) out.push({ any: true });
    } else if (char === '?') out.push({ any: false, one: undefined });
    else out.push({ any: false, one: char });
  }
  return out;
}

/** Whether one word can satisfy both patterns: the classic two-pattern walk, each state visited once. */
function segmentsMeet(a: string, b: string): boolean {
  if (a === b) return true;
  const left = tokens(a);
  const right = tokens(b);
  const width = right.length + 1;
  const seen = new Uint8Array((left.length + 1) * width);
  const stack: [number, number][] = [[0, 0]];
  while (stack.length > 0) {
    const [i, j] = stack.pop() as [number, number];
    if (seen[i * width + j]) continue;
    seen[i * width + j] = 1;
    const l = left[i];
    const r = right[j];
    if (!l && !r) return true;
    if (l?.any) stack.push([i + 1, j]);
    if (r?.any) stack.push([i, j + 1]);
    if (!l || !r) continue;
    const same = l.any || r.any || l.one === undefined || r.one === undefined || l.one === r.one;
    if (same) stack.push([l.any ? i : i + 1, r.any ? j : j + 1]);
  }
  return false;
}

const isDeep = (segment: string | undefined) => segment?.includes('**') === true;

function pathsMeet(a: string[], b: string[]): boolean {
  const width = b.length + 1;
  const seen = new Uint8Array((a.length + 1) * width);
  const stack: [number, number][] = [[0, 0]];
  while (stack.length > 0) {
    const [i, j] = stack.pop() as [number, number];
    if (seen[i * width + j]) continue;
    seen[i * width + j] = 1;
    const l = a[i];
    const r = b[j];
    if (l === undefined && r === undefined) return true;
    if (isDeep(l)) stack.push([i + 1, j]);
    if (isDeep(r)) stack.push([i, j + 1]);
    if (l === undefined || r === undefined) continue;
    if (isDeep(l)) stack.push([i, j + 1]);
    if (isDeep(r)) stack.push([i + 1, j]);
    if (!isDeep(l) && !isDeep(r) && segmentsMeet(l, r)) stack.push([i + 1, j + 1]);
  }
  return false;
}

/** A claim prepared for comparing: case is folded, since some file systems do. */
export interface PreparedGlob {
  glob: string;
  /** One list of folders and file name for each alternative. */
  paths: string[][];
  /** Folders before the first wildcard, shared by all alternatives. */
  fixed: string[];
}

const hasMagic = (segment: string) => /[*?[\]{}()!+@]/.test(segment);

export function prepareGlob(glob: string): PreparedGlob {
  const folded = normalGlob(glob).toLowerCase();
  const paths = alternatives(folded).map(path => path.split('/'));
  const fixed: string[] = [];
  for (const segment of folded.split('/')) {
    if (hasMagic(segment)) break;
    fixed.push(segment);
  }
  return { glob, paths, fixed };
}

/** Whether some path could match both. May say yes too often (character classes), never no wrongly. */
export function globsMeet(a: PreparedGlob, b: PreparedGlob): boolean {
  return a.paths.some(left => b.paths.some(right => pathsMeet(left, right)));
}
