import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { checkRelPath, parsePath } from '../core/paths.ts';
import { PathRefused } from '../core/ports.ts';
import type { RelPath } from '../protocol/ids.ts';
import { codeOf } from './error-code.ts';

export interface Located {
  absolute: string;
  /** Links followed, case as on disk. */
  path: RelPath;
  exists: boolean;
}

/** Follows every link of a path, also those of folders above a file that is yet to be made, and judges where it leads. */
export async function locate(realRoot: string, path: RelPath): Promise<Located> {
  const lexical = parsePath(path, []);
  if (!lexical.ok) throw new PathRefused(lexical.reason);
  const { real, missing } = await realpathOfExisting(join(realRoot, lexical.path));
  const inside = relative(realRoot, real);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new PathRefused('outside-workspace');
  const rel = [...inside.split(sep), ...missing].filter(Boolean).join('/');
  const checked = checkRelPath(rel);
  if (!checked.ok) throw new PathRefused(checked.reason);
  const found = await stat(real);
  const usable = missing.length > 0 ? found.isDirectory() : found.isFile();
  if (!usable) throw new PathRefused('not-a-file');
  return { absolute: join(realRoot, rel), path: rel, exists: missing.length === 0 };
}

/** The deepest part of a path that exists, links followed, and the names below it that do not. */
async function realpathOfExisting(path: string): Promise<{ real: string; missing: string[] }> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return { real: await realpath(at), missing };
    } catch (error) {
      if (codeOf(error) === 'ELOOP') throw new PathRefused('invalid');
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
      // A link that leads nowhere would be followed by a write.
      const link = await lstat(at).then(
        found => found.isSymbolicLink(),
        () => false,
      );
      if (link) throw new PathRefused('outside-workspace');
      missing.unshift(at.slice(dirname(at).length).replace(/^[/\\]/, ''));
    }
  }
}
