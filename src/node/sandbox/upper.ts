import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RelPath } from '../../protocol/ids.ts';
import type { Outputs } from './outputs.ts';

/** What a command left in the layer above the workspace. */
export interface Written {
  files: RelPath[];
  /** Files of the workspace that it removed. */
  gone: RelPath[];
  links: RelPath[];
  /** Files and whole folders that builds make. */
  outputs: RelPath[];
}

/** Tells which names in these folders are still there, looked at through both layers. */
export type Merged = (folders: readonly RelPath[]) => Promise<ReadonlyMap<RelPath, ReadonlySet<string>>>;

/** Reads the layer. A folder that was removed and made anew hides all below it, which only the merged view tells. */
export async function readUpper(upper: string, lower: string, outputs: Outputs, merged: Merged): Promise<Written> {
  const written: Written = { files: [], gone: [], links: [], outputs: [] };
  const doubtful: { folder: RelPath; missing: string[] }[] = [];
  const look = async (base: RelPath): Promise<void> => {
    const entries = await readdir(join(upper, base), { withFileTypes: true });
    const below = base !== '' && (await namesIn(join(lower, base)));
    const here = new Set(entries.map(entry => entry.name));
    const missing = below ? below.filter(name => !here.has(name)) : [];
    if (missing.length > 0) doubtful.push({ folder: base.slice(0, -1), missing });
    for (const entry of entries) await take(`${base}${entry.name}`, entry);
  };
  const take = async (path: RelPath, entry: Dirent) => {
    const isFolder = entry.isDirectory();
    if (await outputs.isOutput(path, isFolder)) written.outputs.push(path);
    else if (isFolder) {
      if ((await lstat(join(lower, path)).catch(() => undefined))?.isFile()) written.gone.push(path);
      await look(`${path}/`);
    } else if (entry.isFile()) written.files.push(path);
    else if (entry.isSymbolicLink()) written.links.push(path);
    // That a thing is no longer there is said by a device of no kind.
    else if (entry.isCharacterDevice()) written.gone.push(...(await filesAt(lower, path)));
  };
  await look('');
  const there = doubtful.length > 0 ? await merged(doubtful.map(({ folder }) => folder)) : new Map();
  for (const { folder, missing } of doubtful) {
    const names = there.get(folder);
    for (const name of names ? missing.filter(each => !names.has(each)) : [])
      for (const path of await filesAt(lower, `${folder}/${name}`))
        if (!(await outputs.isOutput(path, false))) written.gone.push(path);
  }
  return written;
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() ? readdir(folder) : undefined;
}

/** The file, or all files below the folder. */
async function filesAt(root: string, path: RelPath): Promise<RelPath[]> {
  const found = await lstat(join(root, path)).catch(() => undefined);
  if (!found?.isDirectory()) return found?.isFile() ? [path] : [];
  const names = await readdir(join(root, path)).catch(() => []);
  const all: RelPath[] = [];
  for (const name of names) all.push(...(await filesAt(root, `${path}/${name}`)));
  return all;
}
