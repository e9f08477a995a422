import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RelPath } from '../protocol/ids.ts';
import { IgnoreRules } from './ignore-rules.ts';

/** Never listed, whatever the ignore files say: histories, our own records, installed packages. */
const SKIPPED = new Set(['.git', '.hg', '.svn', '.jj', '.orchestrate', 'node_modules', '.DS_Store']);

interface Rules {
  /** Folder the rules stand in, with a trailing "/", or "" for the root. */
  base: string;
  rules: IgnoreRules;
}

function ignored(path: string, isFolder: boolean, chain: readonly Rules[]): boolean {
  // The rules nearest to the file speak last, and "!" takes a path back in.
  for (const { base, rules } of chain.toReversed()) {
    const verdict = rules.ignores(path.slice(base.length), isFolder);
    if (verdict !== undefined) return verdict;
  }
  return false;
}

interface WalkOptions {
  signal?: AbortSignal | undefined;
  /** Passes over all other files, and folders without one of these. */
  only?: ReadonlySet<RelPath> | undefined;
}

interface Walk {
  root: string;
  signal: AbortSignal | undefined;
  files: ReadonlySet<RelPath> | undefined;
  /** With a trailing "/". */
  folders: ReadonlySet<RelPath> | undefined;
}

const foldersOf = (paths: Iterable<RelPath>): Set<RelPath> => {
  const folders = new Set<RelPath>();
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end + 1);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
};

/** Every file below `root` that .gitignore rules leave, in a stable order; links are not followed. */
export async function* walk(root: string, options: WalkOptions = {}): AsyncGenerator<RelPath> {
  for await (const paths of walkTogether(root, options)) yield* paths;
}

/** The same, with files that follow each other in one folder at once: to wait for each of them costs more than to find it. */
export function walkTogether(root: string, { signal, only }: WalkOptions = {}): AsyncGenerator<RelPath[]> {
  return walkFolder({ root, signal, files: only, folders: only && foldersOf(only) }, '', []);
}

async function* walkFolder(walked: Walk, base: string, above: readonly Rules[]): AsyncGenerator<RelPath[]> {
  const { root, files, folders } = walked;
  walked.signal?.throwIfAborted();
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, base), { withFileTypes: true });
  } catch {
    // A folder that vanished or may not be read has nothing to list.
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  let chain = above;
  if (entries.some(entry => entry.name === '.gitignore' && entry.isFile())) {
    const text = await readFile(join(root, base, '.gitignore'), 'utf8').catch(() => '');
    chain = [...above, { base, rules: new IgnoreRules(text) }];
  }
  let together: RelPath[] = [];
  for (const entry of entries) {
    if (SKIPPED.has(entry.name)) continue;
    const path = base + entry.name;
    if (entry.isDirectory()) {
      if (folders && !folders.has(`${path}/`)) continue;
      if (ignored(path, true, chain)) continue;
      if (together.length > 0) yield together;
      together = [];
      yield* walkFolder(walked, `${path}/`, chain);
    } else if (entry.isFile() && (!files || files.has(path)) && !ignored(path, false, chain)) together.push(path);
  }
  if (together.length > 0) yield together;
}
