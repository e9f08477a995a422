import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Disposable } from '../../core/ports.ts';
import {
  type DroppedRequest,
  type LockResult,
  type LockUse,
  type SessionOwner,
  type SessionStore,
  type SessionText,
  StoreError,
} from '../../core/session/store.ts';
import type { Hash } from '../../protocol/ids.ts';
import { TEMPORARY, writeWhole } from './atomic.ts';
import { Blobs } from './blobs.ts';
import { ifThere, storeError } from './errors.ts';
import { lifeOf, thisProcess } from './identity.ts';
import { JournalFile } from './journal-file.ts';
import { type HeldLock, type LockPlace, lockOwner, takeLock } from './lock.ts';
import { watchPath } from './watch.ts';

export const JOURNAL = 'events.jsonl';
const REQUEST = '.json';

/** A session in a folder of its own. Reading needs no lock; opening makes no file. */
export class SessionFolder implements SessionStore {
  readonly place: string;
  readonly #clock: Clock;
  readonly #journal: JournalFile;
  readonly #blobs: Blobs;
  readonly #inbox: string;
  readonly #lockPlace: LockPlace;
  #lock: HeldLock | undefined;

  constructor(folder: string, clock: Clock, identity: Pick<LockPlace, 'me' | 'lifeOf'> = { me: thisProcess, lifeOf }) {
    this.place = folder;
    this.#clock = clock;
    this.#journal = new JournalFile(join(folder, JOURNAL));
    this.#blobs = new Blobs(join(folder, 'blobs'));
    this.#inbox = join(folder, 'inbox');
    this.#lockPlace = { folder: join(folder, 'lock'), clock, ...identity };
  }

  async lock(host: SessionOwner['host'], use: LockUse = 'run'): Promise<LockResult> {
    const result = await this.#try('taking the session over', () => takeLock(this.#lockPlace, host, use));
    if (!result.ok) return result;
    this.#lock = result.lock;
    await this.#sweep();
    return result;
  }

  owner(): Promise<SessionOwner | undefined> {
    return this.#try('looking for the owner', () => lockOwner(this.#lockPlace));
  }

  async *readJournal(from: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#journal.read(from, signal);
    } catch (error) {
      throw storeError(error, 'reading the journal');
    }
  }

  appendJournal(bytes: Uint8Array, at: number): Promise<void> {
    return this.#try(`writing ${join(this.place, JOURNAL)}`, async () => {
      await this.#mustHold();
      await this.#blobs.flush();
      await this.#journal.append(bytes, at);
    });
  }

  truncateJournal(size: number): Promise<void> {
    return this.#try('cutting a torn line of the journal', async () => {
      await this.#mustHold();
      await this.#journal.truncate(size);
    });
  }

  watchJournal(changed: () => void): Disposable {
    return watchPath(join(this.place, JOURNAL), this.#clock, changed);
  }

  putBlob(bytes: Uint8Array): Promise<Hash> {
    return this.#try(`writing to ${join(this.place, 'blobs')}`, () => this.#blobs.put(bytes));
  }

  getBlob(hash: Hash): Promise<Uint8Array | undefined> {
    return this.#try('reading a blob', () => this.#blobs.get(hash));
  }

  /** Only for the owner. */
  removeBlobs(hashes: readonly Hash[]): Promise<void> {
    return this.#try('removing blobs', async () => {
      await this.#mustHold();
      for (const hash of hashes) await this.#blobs.remove(hash);
    });
  }

  writeText(name: SessionText, text: string): Promise<void> {
    return this.#try(`writing ${name}`, () => writeWhole(join(this.place, name), text, false));
  }

  readText(name: SessionText): Promise<string | undefined> {
    return this.#try(`reading ${name}`, () => ifThere(readFile(join(this.place, name), 'utf8')));
  }

  dropRequest({ id, text }: DroppedRequest): Promise<void> {
    return this.#try('leaving a request', async () => {
      await mkdir(this.#inbox, { recursive: true, mode: 0o700 });
      await writeWhole(join(this.#inbox, `${id}${REQUEST}`), text, true);
    });
  }

  listRequests(): Promise<DroppedRequest[]> {
    return this.#try('reading the inbox', async () => {
      const names = ((await ifThere(readdir(this.#inbox))) ?? []).filter(name => name.endsWith(REQUEST)).sort();
      const dropped: DroppedRequest[] = [];
      for (const name of names) {
        const text = await ifThere(readFile(join(this.#inbox, name), 'utf8'));
        if (text !== undefined) dropped.push({ id: name.slice(0, -REQUEST.length), text });
      }
      return dropped;
    });
  }

  removeRequest(id: string): Promise<void> {
    return this.#try('clearing the inbox', () => rm(join(this.#inbox, `${id}${REQUEST}`), { force: true }));
  }

  watchRequests(changed: () => void): Disposable {
    return watchPath(this.#inbox, this.#clock, changed);
  }

  async close(): Promise<void> {
    const lock = this.#lock;
    this.#lock = undefined;
    try {
      await this.#journal.close();
    } finally {
      await lock?.release();
    }
  }

  async #mustHold(): Promise<void> {
    if (!(await this.#lock?.holds())) throw new StoreError('lost-lock', `${this.place} is not ours to write`);
  }

  /** Removes what crashes left half written. Only an owner may: a temporary file of a live process is in use. */
  async #sweep(): Promise<void> {
    for (const folder of [this.place, join(this.place, 'blobs')]) {
      const names = (await ifThere(readdir(folder)).catch(() => [])) ?? [];
      for (const name of names)
        if (name.startsWith(TEMPORARY)) await rm(join(folder, name), { force: true }).catch(() => {});
    }
  }

  async #try<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw storeError(error, what);
    }
  }
}
