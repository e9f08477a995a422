import type { Conflict } from '../../core/delivery/git.ts';
import type { RunGit } from './run-git.ts';

/** Longer ones are cut: what is needed is where, and what stands there. */
const LONGEST = 4000;

/** What `merge-tree -z` says of a merge that did not fit: tree, files with stages, messages with their paths. */
export async function conflictsIn(run: RunGit, out: string): Promise<Conflict[]> {
  const parts = out.split('\0');
  const tree = parts[0] ?? '';
  const end = parts.indexOf('', 1);
  const staged = new Set(parts.slice(1, end).map(each => each.slice(each.indexOf('\t') + 1)));
  const abouts = messagesIn(parts.slice(end + 1));
  const paths = [...new Set([...staged, ...abouts.keys()])].sort();
  const found: Conflict[] = [];
  for (const path of paths) {
    const { out: text, code } = await run(['cat-file', 'blob', `${tree}:${path}`]);
    found.push({ path, about: abouts.get(path) ?? 'CONFLICT', hunks: code === 0 ? hunksIn(text) : [] });
  }
  return found;
}

/** Each message stands after the number of its paths, the paths, and its kind. */
function messagesIn(parts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < parts.length; ) {
    const count = Number(parts[at]);
    if (parts[at] === '' || !Number.isInteger(count)) break;
    const paths = parts.slice(at + 1, at + 1 + count);
    const [kind = '', message = ''] = parts.slice(at + 1 + count, at + 3 + count);
    if (kind.startsWith('CONFLICT')) for (const path of paths) if (!found.has(path)) found.set(path, message.trim());
    at += 3 + count;
  }
  return found;
}

/** The places between git's markers. */
function hunksIn(text: string): string[] {
  const found: string[] = [];
  let open: string[] | undefined;
  for (const each of text.split('\n')) {
    if (each.startsWith('<<<<<<< ')) open = [];
    open?.push(each);
    if (!open || !each.startsWith('>>>>>>> ')) continue;
    found.push(open.join('\n').slice(0, LONGEST));
    open = undefined;
  }
  return found;
}
