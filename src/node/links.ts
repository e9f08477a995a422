import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { RelPath } from '../protocol/ids.ts';

/** Whether links on disk lead a path out of the workspace; what does not exist leads nowhere. */
export function leadsOutside(root: string): (path: RelPath) => boolean {
  return path => {
    try {
      const realRoot = realpathSync(root);
      for (let at = join(realRoot, path); at.length >= realRoot.length; at = dirname(at)) {
        const real = resolved(at);
        if (real === undefined) continue;
        const way = relative(realRoot, real);
        return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
      }
      return false;
    } catch {
      return true;
    }
  };
}

function resolved(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    // A link that leads nowhere yet is followed by whoever writes to it.
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw error;
    return undefined;
  }
}
