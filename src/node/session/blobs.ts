import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hash } from '../../protocol/ids.ts';
import { type OwnFolder, readRegular } from '../own-folder.ts';
import { flushFolder, writeWhole } from './atomic.ts';

const hashOf = (bytes: Uint8Array): Hash => createHash('sha256').update(bytes).digest('hex');

/** Files named by the hash of what is in them. */
export class Blobs {
  readonly #folder: OwnFolder;
  /** Written by us or seen: a second put of the same bytes costs only the hash. */
  readonly #known = new Map<Hash, Promise<void>>();
  #unflushedNames = false;

  constructor(folder: OwnFolder) {
    this.#folder = folder;
  }

  async put(bytes: Uint8Array): Promise<Hash> {
    const hash = hashOf(bytes);
    let writing = this.#known.get(hash);
    if (!writing) {
      writing = this.#write(hash, bytes);
      this.#known.set(hash, writing);
      writing.catch(() => this.#known.delete(hash));
    }
    await writing;
    return hash;
  }

  async get(hash: Hash): Promise<Uint8Array | undefined> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return undefined;
    return this.#folder.within(at => read(at, hash));
  }

  async remove(hash: Hash): Promise<void> {
    this.#known.delete(hash);
    if (!/^[0-9a-f]{64}$/.test(hash)) return;
    await this.#folder.within(at => rm(join(at, hash), { force: true }));
  }

  /** What was put so far is found after a power cut. */
  async flush(): Promise<void> {
    if (!this.#unflushedNames) return;
    this.#unflushedNames = false;
    await this.#folder.within(flushFolder);
  }

  async #write(hash: Hash, bytes: Uint8Array): Promise<void> {
    await this.#folder.making(async at => {
      // What stands there under this name and is no blob of ours is replaced.
      if (await read(at, hash).catch(() => undefined)) return;
      await writeWhole(join(at, hash), bytes, true);
      this.#unflushedNames = true;
    });
  }
}

/** A spoilt baseline must never be put back into somebody's file. */
async function read(folder: string, hash: Hash): Promise<Uint8Array | undefined> {
  const bytes = await readRegular(join(folder, hash));
  return bytes && hashOf(bytes) === hash ? bytes : undefined;
}
