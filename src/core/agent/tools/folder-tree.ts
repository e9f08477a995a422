import type { RelPath } from '../../../protocol/ids.ts';
import { counted } from '../../../protocol/show.ts';

interface Folder {
  name: string;
  /** With all that is below it. */
  files: number;
  folders: Map<string, Folder>;
}

const grown = (counts: ReadonlyMap<RelPath, number>): Folder => {
  const root: Folder = { name: '', files: 0, folders: new Map() };
  for (const [path, files] of counts) {
    let at = root;
    at.files += files;
    for (const name of path === '' ? [] : path.split('/')) {
      let next = at.folders.get(name);
      if (!next) {
        next = { name, files: 0, folders: new Map() };
        at.folders.set(name, next);
      }
      next.files += files;
      at = next;
    }
  }
  return root;
};

/** Folders on the way to where something is stand in one line. */
const joined = (folder: Folder): Folder => {
  const [only] = folder.folders.values();
  if (folder.folders.size !== 1 || only?.files !== folder.files) return folder;
  const next = joined(only);
  return { ...next, name: `${folder.name}/${next.name}` };
};

/** Folders with the number of files in each, as deep as it fits into so many lines. */
export function folderTree(counts: ReadonlyMap<RelPath, number>, most: number): string[] {
  const root = grown(counts);
  interface Line {
    folder: Folder;
    depth: number;
    below: Line[];
  }
  const linesOf = (folder: Folder, depth: number): Line[] =>
    [...folder.folders.values()]
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(below => ({ folder: joined(below), depth, below: [] }));
  const top = linesOf(root, 0);
  let level = top;
  for (let left = most - top.length; level.length > 0 && left > 0; ) {
    const next: Line[] = [];
    // What holds most is opened first.
    for (const line of [...level].sort((one, other) => other.folder.files - one.folder.files)) {
      const below = linesOf(line.folder, line.depth + 1);
      if (below.length > left) continue;
      line.below = below;
      left -= below.length;
      next.push(...below);
    }
    level = next;
  }
  const out: string[] = [];
  const print = (lines: readonly Line[]) => {
    for (const { folder, depth, below } of lines) {
      if (out.length >= most) return;
      out.push(`${'  '.repeat(depth)}${folder.name}/ ${folder.files}`);
      print(below);
    }
  };
  print(top);
  const left = top.length - most;
  return left > 0 ? [...out, `… ${counted(left, 'more folder')}`] : out;
}
