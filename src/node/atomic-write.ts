import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './error-code.ts';

/** Windows refuses a rename while a virus scanner or an editor looks at the file. */
async function renameWithPatience(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const busy = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '');
      if (!busy || attempt === 8) throw error;
      await new Promise(done => setTimeout(done, 15 * attempt));
    }
  }
}

interface Options {
  mode?: number;
  /** Fails with EEXIST instead of replacing a file. */
  fresh?: boolean;
  /** Where the file is put together, on the same disk; beside its place if left out. A kill may leave it there. */
  workshop?: string;
}

/** How a temporary file is named that a kill may leave behind. */
export const isHalfMade = (name: string): boolean => /^\..{1,60}\.[0-9a-f]{12}\.tmp$/s.test(name);

/** Writes a whole file or nothing: a temporary file is filled, flushed and put in place. */
export async function writeAtomic(path: string, bytes: Uint8Array, options: Options = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const { workshop, ...rest } = options;
  try {
    await build(path, bytes, rest, workshop ?? dirname(path));
  } catch (error) {
    // A folder of the workspace may be a disk of its own.
    if (workshop === undefined || codeOf(error) !== 'EXDEV') throw error;
    await build(path, bytes, rest, dirname(path));
  }
}

async function build(path: string, bytes: Uint8Array, options: Options, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path).slice(0, 60)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', options.mode ?? 0o666);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // The umask applies to open; an existing file keeps exactly the mode it had.
    if (options.mode !== undefined) await chmod(temporary, options.mode);
    if (options.fresh) await placeFresh(temporary, path);
    else await renameWithPatience(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A link fails where a file stands already; rename would replace it. */
async function placeFresh(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'EXDEV') throw error;
    // File systems without hard links: reserve the name first, then replace our own empty file.
    await (await open(path, 'wx')).close();
    await renameWithPatience(temporary, path);
  }
}
