import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../../core/session/store.ts';
import { flushFolder } from './atomic.ts';
import { ifThere } from './errors.ts';

/** What is read at a time is parsed at a time: small enough that nothing else has to wait. */
const CHUNK = 128 * 1024;

/** events.jsonl: one writer, any number of readers. */
export class JournalFile {
  readonly #path: string;
  #writing: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async *read(from: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = await ifThere(open(this.#path, 'r'));
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
    const file = await this.#open();
    const before = await file.stat();
    if (before.nlink === 0) throw new StoreError('missing', `${this.#path} was deleted`);
    if (before.size !== at)
      throw new StoreError('lost-lock', `${this.#path} has ${before.size} bytes where ${at} were written`);
    await file.appendFile(bytes);
    await file.datasync();
  }

  async truncate(size: number): Promise<void> {
    // Windows refuses to cut a file through a handle that may only append.
    const file = await open(this.#path, 'r+');
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

  async #open(): Promise<FileHandle> {
    if (this.#writing) return this.#writing;
    this.#writing = await open(this.#path, 'a', 0o600);
    await flushFolder(dirname(this.#path));
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
