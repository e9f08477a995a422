import { createHash } from 'node:crypto';
import type { SealChain } from '../../src/core/session/seal.ts';
import {
  type DroppedRequest,
  type FoundRequest,
  type LockResult,
  type SessionStore,
  type SessionText,
  StoreError,
} from '../../src/core/session/store.ts';

/** What stands on the disk: outlives the stores that write it, as a disk outlives processes. */
export class Disk {
  journal: Uint8Array = new Uint8Array();
  readonly blobs = new Map<string, Uint8Array>();
  readonly texts = new Map<SessionText, string>();
  readonly requests = new Map<string, string>();
  /** Bytes that fit; what goes beyond fails, after the part that fitted was written. */
  room = Number.POSITIVE_INFINITY;

  lines(): string[] {
    return new TextDecoder().decode(this.journal).split('\n').slice(0, -1);
  }
}

/** A session store on a `Disk`. `before` runs before each operation, and may throw: the operation then does not happen. */
export class MemoryStore implements SessionStore {
  readonly id = 'memory';
  readonly place = 'memory';
  /** With one, the journal is sealed. */
  seals: { chain(): SealChain } | undefined;
  readonly disk: Disk;
  readonly operations: string[] = [];
  before: (operation: string) => void | Promise<void> = () => {};
  readonly #watchers = new Set<() => void>();
  readonly #chunk: number;

  constructor(disk: Disk = new Disk(), chunk = 64 * 1024) {
    this.disk = disk;
    this.#chunk = chunk;
  }

  async lock(): Promise<LockResult> {
    return { ok: true, lock: { lost: new AbortController().signal, release: async () => {} } };
  }

  async owner(): Promise<undefined> {}

  async chain(): Promise<SealChain | undefined> {
    return this.seals?.chain();
  }

  async *readJournal(from: number): AsyncGenerator<Uint8Array> {
    await this.#do('read');
    for (let at = from; at < this.disk.journal.length; at += this.#chunk)
      yield this.disk.journal.slice(at, at + this.#chunk);
  }

  async appendJournal(bytes: Uint8Array, at: number): Promise<void> {
    await this.#do('append');
    if (at !== this.disk.journal.length) throw new StoreError('lost-lock', 'somebody else wrote');
    const fits = bytes.subarray(0, Math.max(0, this.disk.room - at));
    this.disk.journal = Buffer.concat([this.disk.journal, fits]);
    if (fits.length < bytes.length) throw new StoreError('full', 'no space left on device');
    this.#tell();
  }

  async truncateJournal(size: number): Promise<void> {
    await this.#do('truncate');
    this.disk.journal = this.disk.journal.slice(0, size);
  }

  async replaceJournal(lines: readonly string[]): Promise<void> {
    await this.#do('replace');
    const plain = new TextEncoder().encode(`${lines.join('\n')}\n`);
    this.disk.journal = this.seals?.chain().seal(lines) ?? plain;
    this.#tell();
  }

  watchJournal(changed: () => void) {
    return this.#watch(changed);
  }

  async putBlob(bytes: Uint8Array): Promise<string> {
    await this.#do('put-blob');
    const hash = createHash('sha256').update(bytes).digest('hex');
    this.disk.blobs.set(hash, bytes.slice());
    return hash;
  }

  async getBlob(hash: string): Promise<Uint8Array | undefined> {
    return this.disk.blobs.get(hash);
  }

  async writeText(name: SessionText, text: string): Promise<void> {
    await this.#do(`write ${name}`);
    this.disk.texts.set(name, text);
  }

  async readText(name: SessionText): Promise<string | undefined> {
    return this.disk.texts.get(name);
  }

  async dropRequest({ id, text }: DroppedRequest): Promise<void> {
    await this.#do('drop-request');
    this.disk.requests.set(id, text);
    this.#tell();
  }

  async listRequests(): Promise<FoundRequest[]> {
    await this.#do('list-requests');
    return [...this.disk.requests].sort().map(([id, text]) => ({ id, text, own: true }));
  }

  async removeRequest(id: string): Promise<void> {
    await this.#do('remove-request');
    this.disk.requests.delete(id);
  }

  watchRequests(changed: () => void) {
    return this.#watch(changed);
  }

  async close(): Promise<void> {}

  get watchers(): number {
    return this.#watchers.size;
  }

  async #do(operation: string): Promise<void> {
    this.operations.push(operation);
    await this.before(operation);
  }

  #watch(changed: () => void) {
    this.#watchers.add(changed);
    return { dispose: () => this.#watchers.delete(changed) };
  }

  #tell(): void {
    for (const changed of [...this.#watchers]) queueMicrotask(changed);
  }
}
