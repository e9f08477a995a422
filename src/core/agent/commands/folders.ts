import { checkRelPath } from '../../paths.ts';
import { foldersOf, placeOf, type Workspace } from './places.ts';
import type { Arg } from './simple.ts';
import { allowed, ask, type Finding } from './verdict.ts';

/** More than this is not looked through. */
const MAX_NAMES = 20_000;
/** Installed packages are no place for anybody's keys, and large. */
const passedOver = new Set(['node_modules']);

/** Whether there is nothing below these that must not be read. */
export function judgeFolders(folders: readonly Arg[], workspace: Workspace, hidden = (_: string) => false): Finding {
  const { disk } = workspace;
  const cannotTell = ask('reads-folder', 'It may read all that lies in the folder, and nobody can tell what that is.');
  const begin = foldersOf(workspace);
  if (!disk || !begin || !folders.every(arg => !arg.glob && placeOf(arg, workspace) === 'inside')) return cannotTell;
  const open = begin.flatMap(from => folders.map(({ text }) => disk.follow(from, text)));
  let seen = 0;
  for (let at = open.pop(); open.length > 0 || at !== undefined; at = open.pop()) {
    if (at === undefined) return cannotTell;
    for (const name of disk.names(at) ?? []) {
      const path = `${at}/${name}`;
      if (++seen > MAX_NAMES) return cannotTell;
      if (hidden(name)) continue;
      const checked = checkRelPath(disk.inside(path) ?? '.git');
      if (!checked.ok)
        return ask(
          'reads-folder',
          `"${disk.inside(path) ?? name}" is not to be read. Name other files or folders, or use search.`,
        );
      // No link is followed on the way.
      if (!passedOver.has(name) && disk.follow('/', path) === path) open.push(path);
    }
  }
  return allowed;
}
