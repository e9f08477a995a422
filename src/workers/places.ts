import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { WorkerPath } from '../core/worker/contract.ts';

/** Where a path that a CLI agent named lies, by its text alone. */
export function placeOf(folder: string, path: string): WorkerPath {
  const inside = relative(folder, resolve(folder, path));
  if (inside === '') return { inside: true, path: '.' };
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    return { inside: false, path };
  }
  return { inside: true, path: inside.split(sep).join('/') };
}

/** Writes a file of its folder for it. False where a link would lead the write elsewhere. */
export async function writeInside(folder: string, path: string, text: string): Promise<boolean> {
  const absolute = join(folder, path);
  const parent = dirname(absolute);
  await mkdir(parent, { recursive: true });
  if ((await realpath(parent)) !== parent) return false;
  if ((await realpath(absolute).catch(() => absolute)) !== absolute) return false;
  await writeFile(absolute, text);
  return true;
}
