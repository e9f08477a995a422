import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../core/session/store.ts';
import { type OwnFolder, openRegular } from '../own-folder.ts';
import { flushFolder, writeWhole } from './atomic.ts';
import { ifThere } from './errors.ts';

export const JOURNAL = 'events.jsonl';
const APPENDING = constants.O_WRONLY | constants.O_APPEND;

/** What is read at a time is parsed at a time: small enough that nothing else has to wait. */
const CHUNK = 128 * 1024;

/** events.jsonl in a session's folder: one writer, any number of readers. */
export class JournalFile {
  readonly #folder: OwnFolder;
  readonly #path: string;
  #writing: FileHandle | undefined;

  constructor(folder: OwnFolder) {
    this.#folder = folder;
    this.#path = join(folder.path, JOURNAL);
  }

  async *read(from: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = await this.#folder.within(at => ifThere(openRegular(join(at, JOURNAL), constants.O_RDONLY)));
    if (!file) return;
    let next = ahead(file, from);
    try {
      for (let at = from; !signal?.aborted; ) {
        const bytes = await next;
        if (bytes.length === 0) return;
        at += bytes.length;
        next = ahead(file, at);
        yield bytes;
      }
    } finally {
      await next.catch(() => {});
      await file.close();
    }
  }

  /**
   * Resolves when the bytes are on disk. What a failed write leaves behind stays: whole lines are true, and a torn one
   * is cut by the next owner, whereas cutting lines now would cut what a reader has seen.
   */
  async append(bytes: Uint8Array, at: number): Promise<void> {
    if (!this.#writing && at === 0 && (await this.#create(bytes))) return;
    const file = await this.#open();
    const before = await file.stat();
    if (before.nlink === 0) throw new StoreError('missing', `${this.#path} was deleted`);
    if (before.size !== at)
      throw new StoreError('lost-lock', `${this.#path} has ${before.size} bytes where ${at} were written`);
    await file.appendFile(bytes);
    await file.datasync();
  }

  /** Another file in its place, in one step. */
  async replace(bytes: Uint8Array): Promise<void> {
    await this.close();
    await this.#folder.making(async at => {
      await writeWhole(join(at, JOURNAL), bytes, true);
      await flushFolder(at);
    });
  }

  async truncate(size: number): Promise<void> {
    // Windows refuses to cut a file through a handle that may only append.
    const file = await this.#folder.making(at => openRegular(join(at, JOURNAL), constants.O_RDWR));
    try {
      await file.truncate(size);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {
    await this.#writing?.close();
    this.#writing = undefined;
  }

  /** The file comes into being with its first lines in it, so that none is ever without a seal. False where it is there. */
  #create(bytes: Uint8Array): Promise<boolean> {
    return this.#folder.making(async at => {
      const path = join(at, JOURNAL);
      const found = await ifThere(openRegular(path, constants.O_RDONLY));
      await found?.close();
      if (found) return false;
      await writeWhole(path, bytes, true);
      await flushFolder(at);
      this.#writing = await openRegular(path, APPENDING);
      return true;
    });
  }

  async #open(): Promise<FileHandle> {
    this.#writing ??= await this.#folder.within(at => openRegular(join(at, JOURNAL), APPENDING));
    if (!this.#writing) throw new StoreError('missing', `${this.#folder.path} is gone`);
    return this.#writing;
  }
}

/** The next piece comes while the one before is being parsed. What goes wrong is told when it is asked for. */
function ahead(file: FileHandle, at: number): Promise<Uint8Array> {
  const bytes = file
    .read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at)
    .then(read => read.buffer.subarray(0, read.bytesRead));
  bytes.catch(() => {});
  return bytes;
}
