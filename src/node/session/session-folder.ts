import { lstat, readdir, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock, Disposable } from '../../core/ports.ts';
import { type SealChain, withoutSeal } from '../../core/session/seal.ts';
import {
  type DroppedRequest,
  type FoundRequest,
  type LockResult,
  type LockUse,
  type SessionOwner,
  type SessionStore,
  type SessionText,
  StoreError,
} from '../../core/session/store.ts';
import type { Hash } from '../../protocol/ids.ts';
import { type OwnFolder, readRegular } from '../own-folder.ts';
import { isTemporary, writeWhole } from './atomic.ts';
import { Blobs } from './blobs.ts';
import { storeError } from './errors.ts';
import { lifeOf, thisProcess } from './identity.ts';
import { JOURNAL, JournalFile } from './journal-file.ts';
import { type HeldLock, type LockPlace, lockOwner, takeLock } from './lock.ts';
import { Seals } from './seals.ts';
import type { SealSecret } from './secret.ts';
import { watchPath } from './watch.ts';

const REQUEST = /^([A-Za-z0-9_-]{1,100})\.json$/;

/** A session in a folder of its own. Reading needs no lock; opening makes no file. */
export class SessionFolder implements SessionStore {
  readonly id: string;
  readonly place: string;
  readonly #folder: OwnFolder;
  readonly #clock: Clock;
  readonly #secret: SealSecret;
  readonly #journal: JournalFile;
  readonly #blobs: Blobs;
  readonly #inbox: OwnFolder;
  readonly #lockPlace: LockPlace;
  #lock: HeldLock | undefined;

  constructor(
    folder: OwnFolder,
    clock: Clock,
    secret: SealSecret,
    identity: Pick<LockPlace, 'me' | 'lifeOf'> = { me: thisProcess, lifeOf },
  ) {
    this.id = basename(folder.path);
    this.place = folder.path;
    this.#folder = folder;
    this.#clock = clock;
    this.#secret = secret;
    this.#journal = new JournalFile(folder);
    this.#blobs = new Blobs(folder.inner('blobs'));
    this.#inbox = folder.inner('inbox');
    this.#lockPlace = { folder: folder.inner('lock'), clock, ...identity };
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

  async chain(use: 'read' | 'write'): Promise<SealChain | undefined> {
    return (await this.#seals(use)).chain();
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

  /** Puts these lines in the place of all there were, sealed. */
  replaceJournal(lines: readonly string[]): Promise<void> {
    return this.#try(`writing ${join(this.place, JOURNAL)}`, async () => {
      await this.#mustHold();
      await this.#journal.replace((await this.#seals('write')).chain().seal(lines));
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
    return this.#try(`writing ${name}`, async () => {
      const written = await this.#folder.within(at => writeWhole(join(at, name), text, false).then(() => true));
      if (!written) throw new StoreError('missing', `${this.place} is gone`);
    });
  }

  readText(name: SessionText): Promise<string | undefined> {
    return this.#try(`reading ${name}`, async () => (await this.#read(this.#folder, name))?.toString());
  }

  dropRequest({ id, text }: DroppedRequest): Promise<void> {
    return this.#try('leaving a request', async () => {
      const sealed = (await this.#seals('write')).sealRequest(id, text);
      await this.#inbox.making(at => writeWhole(join(at, `${id}.json`), sealed, true));
    });
  }

  listRequests(): Promise<FoundRequest[]> {
    return this.#try('reading the inbox', async () => {
      const seals = await this.#seals('read');
      const found: FoundRequest[] = [];
      for (const name of ((await this.#inbox.within(at => readdir(at))) ?? []).sort()) {
        const id = REQUEST.exec(name)?.[1];
        // What is no regular file is none of ours, and stays where it is.
        const text = id && (await this.#read(this.#inbox, name).catch(() => undefined))?.toString();
        if (id && text !== undefined) found.push({ id, text: withoutSeal(text), own: seals.isOurRequest(id, text) });
      }
      return found;
    });
  }

  removeRequest(id: string): Promise<void> {
    return this.#try('clearing the inbox', async () => {
      await this.#inbox.within(at => rm(join(at, `${id}.json`), { force: true }));
    });
  }

  watchRequests(changed: () => void): Disposable {
    return watchPath(this.#inbox.path, this.#clock, changed);
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
    for (const folder of [this.#folder, this.#folder.inner('blobs')]) {
      const clear = async (at: string) => {
        for (const name of (await readdir(at)).filter(isTemporary))
          if ((await lstat(join(at, name))).isFile()) await rm(join(at, name), { force: true });
      };
      await folder.within(clear).catch(() => {});
    }
  }

  #read(folder: OwnFolder, name: string): Promise<Buffer | undefined> {
    return folder.within(at => readRegular(join(at, name)));
  }

  async #seals(use: 'read' | 'write'): Promise<Seals> {
    const secret = use === 'write' ? await this.#secret.make() : await this.#secret.read();
    const workspace = await realpath(this.#folder.root).catch(() => this.#folder.root);
    return new Seals(secret, [workspace, ...this.#folder.parts].join('\0'));
  }

  async #try<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw storeError(error, what);
    }
  }
}
