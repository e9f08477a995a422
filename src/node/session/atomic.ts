import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './errors.ts';

/** Beginning of the names of files that are being written; such a file left behind by a crash may be removed. */
const TEMPORARY = '.tmp-';
export const isTemporary = (name: string): boolean => /^\.tmp-[0-9a-f]{12}$/.test(name);

/** Puts a whole file in place in one step; with `flush`, its content is on disk before its name is. */
export async function writeWhole(path: string, content: string | Uint8Array, flush: boolean): Promise<void> {
  const temporary = join(dirname(path), `${TEMPORARY}${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      if (flush) await file.sync();
    } finally {
      await file.close();
    }
    await replace(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** On Windows a file that somebody reads at this moment cannot be replaced: that passes. */
async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const busy = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '');
      if (!busy || attempt === 8) throw error;
      await sleep(5 * 2 ** attempt);
    }
  }
}

/** Makes the names in a folder last. Where folders cannot be flushed (Windows), the file system sees to it. */
export async function flushFolder(path: string): Promise<void> {
  let folder: Awaited<ReturnType<typeof open>> | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await folder?.close();
  }
}
