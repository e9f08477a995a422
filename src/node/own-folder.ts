import { constants, existsSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../core/session/store.ts';
import { codeOf } from './error-code.ts';

/** Windows knows neither of the two; there the names are looked at before. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_DIRECTORY = 0 } = constants;
/** Where an open folder can be named by its handle, nothing that is done in it can be led elsewhere meanwhile. */
const HANDLES = process.platform === 'linux' && existsSync('/proc/self/fd') ? '/proc/self/fd' : undefined;

/** What is read whole is never larger: requests, texts, and copies of a workspace's files. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Something stands in the place of a file or folder of ours that we have not put there. */
const notOurs = (path: string, what: string) =>
  new StoreError('failed', `${path} is ${what}, which is never followed. Take it away; Orchestrate makes its own.`);

/**
 * A folder of ours. What it stands in (the workspace) may be reached by links; from there on no link is followed, and
 * nothing is read or written that is not a regular file.
 */
export class OwnFolder {
  readonly root: string;
  readonly parts: readonly string[];
  readonly path: string;

  constructor(root: string, ...parts: string[]) {
    this.root = root;
    this.parts = parts;
    this.path = join(root, ...parts);
  }

  inner(name: string): OwnFolder {
    return new OwnFolder(this.root, ...this.parts, name);
  }

  /** Does something in the folder, under a name that is good only meanwhile. Undefined where the folder is not there. */
  async within<T>(use: (at: string) => Promise<T>): Promise<T | undefined> {
    const opened = await this.#open(false);
    return opened && this.#use(opened, use);
  }

  /** The same; the folder is made where it is not there. */
  async making<T>(use: (at: string) => Promise<T>): Promise<T> {
    return this.#use((await this.#open(true)) as Opened, use);
  }

  async #use<T>({ at, handle }: Opened, use: (at: string) => Promise<T>): Promise<T> {
    try {
      return await use(at);
    } catch (error) {
      // People know the folder by its name.
      if (error instanceof Error) error.message = error.message.replaceAll(at, this.path);
      throw error;
    } finally {
      await handle?.close();
    }
  }

  async #open(make: boolean): Promise<Opened | undefined> {
    try {
      return await (HANDLES === undefined ? this.#looking(make) : this.#stepping(HANDLES, make));
    } catch (error) {
      if (codeOf(error) === 'ENOENT' && !make) return undefined;
      throw error;
    }
  }

  /** From one open folder into the next. */
  async #stepping(handles: string, make: boolean): Promise<Opened> {
    let handle = await open(this.root, constants.O_RDONLY | O_DIRECTORY);
    let path = this.root;
    for (const part of this.parts) {
      const name = join(handles, String(handle.fd), part);
      path = join(path, part);
      try {
        const next = await openFolder(name, make);
        await handle.close();
        handle = next;
      } catch (error) {
        await handle.close();
        if (['ELOOP', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw notOurs(path, 'a link, or no folder');
        if (error instanceof Error) error.message = error.message.replaceAll(name, path);
        throw error;
      }
    }
    return { at: join(handles, String(handle.fd)), handle };
  }

  /** The best that can be done where folders have no names but their paths. */
  async #looking(make: boolean): Promise<Opened> {
    let path = this.root;
    if (this.parts.length === 0) await lstat(path);
    for (const part of this.parts) {
      path = join(path, part);
      if (make) await makeFolder(path);
      if (!(await lstat(path)).isDirectory()) throw notOurs(path, 'a link, or no folder');
    }
    return { at: path };
  }
}

interface Opened {
  at: string;
  handle?: FileHandle;
}

/** Mostly it is there. */
async function openFolder(name: string, make: boolean): Promise<FileHandle> {
  const flags = constants.O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  try {
    return await open(name, flags);
  } catch (error) {
    if (!make || codeOf(error) !== 'ENOENT') throw error;
    await makeFolder(name);
    return open(name, flags);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** Opens a regular file, and nothing else: no link is followed, no pipe waited for, no device read. */
export async function openRegular(path: string, flags: number, mode?: number): Promise<FileHandle> {
  if (O_NOFOLLOW === 0) await refuseLink(path);
  let file: FileHandle;
  try {
    file = await open(path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
  } catch (error) {
    // A link; a pipe that nobody reads; a device that is not there; a socket.
    if (['ELOOP', 'ENXIO', 'EMLINK', 'EFTYPE'].includes(codeOf(error) ?? '')) throw notOurs(path, 'no regular file');
    throw error;
  }
  try {
    if ((await file.stat()).isFile()) return file;
    throw notOurs(path, 'no regular file');
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The content of a regular file; undefined where there is none. */
export async function readRegular(path: string, mostBytes = MOST_BYTES): Promise<Buffer | undefined> {
  let file: FileHandle;
  try {
    file = await openRegular(path, constants.O_RDONLY);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = await file.stat();
    if (size > mostBytes) throw new StoreError('failed', `${path} is larger than anything that belongs there.`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function refuseLink(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink()) throw notOurs(path, 'a link');
}
