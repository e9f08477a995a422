import { chmod, copyFile, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RelPath } from '../../protocol/ids.ts';
import { codeOf } from '../error-code.ts';

const SET_ID = 0o6000;

/** Moves a result of a build, file or folder, from a command's layer to its place. No link is followed on the way. */
export async function landOutput(upper: string, root: string, path: RelPath): Promise<void> {
  if (!(await isPlain(root, dirname(path)))) return;
  await mkdir(dirname(join(root, path)), { recursive: true });
  await move(join(upper, path), join(root, path));
}

/** Whether the folder is one, or can be made, without a link in between. */
async function isPlain(root: string, folder: string): Promise<boolean> {
  let at = root;
  for (const name of folder === '.' ? [] : folder.split('/')) {
    at = join(at, name);
    const found = await lstat(at).catch(() => undefined);
    if (!found) return true;
    if (!found.isDirectory()) return false;
  }
  return true;
}

async function move(from: string, to: string): Promise<void> {
  const [found, there] = await Promise.all([lstat(from), lstat(to).catch(() => undefined)]);
  if (found.isDirectory()) {
    if (there && !there.isDirectory()) await rm(to, { force: true });
    if (!there?.isDirectory()) await mkdir(to, { recursive: true });
    for (const name of await readdir(from)) await move(join(from, name), join(to, name));
    await chmod(to, found.mode & 0o777);
  } else if (found.isCharacterDevice()) await rm(to, { recursive: true, force: true });
  else if (found.isFile() || found.isSymbolicLink()) {
    if (found.mode & SET_ID && found.isFile()) await chmod(from, found.mode & 0o777);
    if (there?.isDirectory()) await rm(to, { recursive: true, force: true });
    await put(from, to, found.isSymbolicLink());
  }
}

async function put(from: string, to: string, isLink: boolean): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    await rm(to, { force: true });
    if (isLink) await symlink(await readlink(from), to);
    else await copyFile(from, to);
  }
}
