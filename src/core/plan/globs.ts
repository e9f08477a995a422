/** `dir/` means everything below, as people write it; `./` in front means nothing. */
export function normalGlob(glob: string): string {
  const bare = glob.replace(/^(\.\/)+/, '');
  return bare.endsWith('/') ? `${bare}**` : bare;
}

/** Why a glob cannot be a write claim or a path inside the workspace. */
export function globMistake(glob: string): string | undefined {
  if (/^([/\\]|[A-Za-z]:)/.test(glob)) return 'is absolute; write it relative to the workspace';
  if (glob.includes('\\')) return 'has a backslash; put "/" between folders';
  if (glob.split('/').includes('..')) return 'leads out of the workspace';
  if (glob.startsWith('!')) return 'is a negation; list what may be written instead';
  if (/^\.?\/?$/.test(glob)) return 'names no file; "**" is everything';
  return undefined;
}

const MAX_ALTERNATIVES = 64;

/** `a{b,c}` written out; `**` when there are too many to write out, which claims more than was meant, never less. */
function alternatives(glob: string): string[] {
  const open = glob.indexOf('{');
  if (open < 0) return [glob];
  let depth = 0;
  const cuts = [open];
  for (let i = open; i < glob.length; i++) {
    const char = glob[i];
    if (char === '{') depth++;
    else if (char === ',' && depth === 1) cuts.push(i);
    else if (char === '}' && --depth === 0) {
      cuts.push(i);
      break;
    }
  }
  if (depth !== 0) return ['**'];
  const inside = glob.slice(open + 1, cuts.at(-1));
  if (/^[^,{}]*\.\.[^,{}]*$/.test(inside)) {
    return alternatives(`${glob.slice(0, open)}*${glob.slice((cuts.at(-1) ?? 0) + 1)}`);
  }
  const result: string[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const middle = glob.slice((cuts[i] ?? 0) + 1, cuts[i + 1]);
    result.push(...alternatives(glob.slice(0, open) + middle + glob.slice((cuts.at(-1) ?? 0) + 1)));
    if (result.length > MAX_ALTERNATIVES) return ['**'];
  }
  return result;
}

type Token = { any: true } | { any: false; one: string | undefined };

/** A folder's or file's name as tokens: a letter, any one letter (`?`, `[…]`), or any run of letters (`*`). */
function tokens(segment: string): Token[] {
  if (/[@!+?*]\(/.test(segment)) return [{ any: true }];
  const out: Token[] = [];
  for (let i = 0; i < segment.length; i++) {
    const char = segment[i] ?? '';
    if (char === '*') {
      if (out.at(-1)?.any !== true) out.push({ any: true });
    } else if (char === '?') out.push({ any: false, one: undefined });
    else if (char === '[') {
      const close = segment.indexOf(']', i + 2);
      if (close < 0) out.push({ any: false, one: char });
      else {
        out.push({ any: false, one: undefined });
        i = close;
      }
    } else out.push({ any: false, one: char });
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

/** Whether some path could match both. May say yes too often (character classes, extglobs), never no wrongly. */
export function globsMeet(a: PreparedGlob, b: PreparedGlob): boolean {
  return a.paths.some(left => b.paths.some(right => pathsMeet(left, right)));
}
