import type { Hash, RelPath } from '../../protocol/ids.ts';
import { conform } from './conform.ts';
import type { AgentFiles, AgentWriteResult, Author, SeenFile, WriteRequest } from './contract.ts';
import { decode } from './encoding.ts';
import type { Files } from './files.ts';
import { journalWritten, shownCommand } from './journal-written.ts';
import type { Content } from './reviewed.ts';
import { Tracked } from './tracked.ts';

/** The real one: the baseline is taken, the intent is on disk, then the file is written. */
export class JournaledFiles implements AgentFiles {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  async read(path: RelPath, signal?: AbortSignal): Promise<SeenFile | undefined> {
    const version = await this.#files.ground.files.read(path, signal);
    if (!version) return undefined;
    const decoded = decode(version.bytes);
    return { hash: version.hash, bytes: version.bytes, ...(decoded && { text: decoded.text }) };
  }

  async write(request: WriteRequest, signal?: AbortSignal): Promise<AgentWriteResult> {
    const written = await this.#files.turn(request.path, () => this.#write(request, signal));
    const { renamedFrom } = request;
    if (!written.ok || renamedFrom === undefined || renamedFrom === request.path) return written;
    const old = await this.#files.turn(renamedFrom, () => this.#remove(renamedFrom, request, signal));
    return old.ok ? written : old;
  }

  async #remove(path: RelPath, { author }: WriteRequest, signal: AbortSignal | undefined): Promise<AgentWriteResult> {
    const version = await this.#files.ground.files.read(path, signal);
    return this.#write({ path, content: null, author, seen: version?.hash ?? null }, signal);
  }

  async #write(request: WriteRequest, signal: AbortSignal | undefined): Promise<AgentWriteResult> {
    const { path } = request;
    // Whose lines they are is said by the agent; by which command, by the journal.
    const { command, ...author } = request.author;
    const { journal, hash } = this.#files.ground;
    const { pending, known, before } = await this.#looked(path, signal);
    if (before.hash !== request.seen) return { ok: false, reason: 'changed-since-read', actual: before.hash };
    const bytes = this.#bytesOf(request, before);
    const after: Content = { bytes, hash: bytes && hash(bytes) };
    if (after.hash === before.hash) return { ok: true, hash: after.hash };
    signal?.throwIfAborted();

    const file = pending ?? Tracked.fresh(this.#files.ground, path, before, known);
    if (!pending) {
      const blob = before.bytes && (await journal.putBlob(before.bytes));
      const folders = before.bytes || !after.bytes ? [] : await this.#files.ground.files.missingFolders(path);
      await journal.commit({ type: 'baseline-taken', path, blob, ...(folders.length > 0 && { folders }) });
    }
    const reviewed = await file.after(after, author);
    if (after.bytes) await journal.putBlob(after.bytes);
    const waiting = await file.store(reviewed, after);
    const write = this.#files.ground.newId('write');
    await journal.commit({
      type: 'write-intent',
      write,
      path,
      ...author,
      ...shownCommand(command),
      before: before.hash,
      after: after.hash,
      ...(request.renamedFrom !== undefined && { renamedFrom: request.renamedFrom }),
      pending: waiting,
    });
    const result = await this.#files.put(path, after, before.hash, signal);
    if (result.ok) {
      journal.append({ type: 'write-outcome', write, ok: true, reason: 'applied' });
      file.become(reviewed, after.hash);
      this.#files.track(file);
      if (result.hash === after.hash) return { ok: true, hash: after.hash };
      return { ok: true, hash: await this.#adopt(file, author, signal) };
    }
    if (result.reason === 'stale') {
      journal.append({ type: 'write-outcome', write, ok: false, reason: 'conflict' });
      return { ok: false, reason: 'changed-since-read', actual: result.actual };
    }
    const { message } = result;
    journal.append({ type: 'write-outcome', write, ok: false, reason: 'failed', message });
    return { ok: false, reason: 'failed', message };
  }

  /** On its way through an editor that formats what it saves, the content became another: still the author's doing. */
  async #adopt(file: Tracked, author: Author, signal: AbortSignal | undefined): Promise<Hash | null> {
    const version = await this.#files.ground.files.read(file.path, signal);
    const after: Content = { bytes: version?.bytes ?? null, hash: version?.hash ?? null };
    await journalWritten(this.#files.ground, file, after, author);
    this.#files.track(file);
    return after.hash;
  }

  /** The file as it is, and what is known of it; unsaved and unseen edits of the user counted in. */
  async #looked(path: RelPath, signal: AbortSignal | undefined) {
    const tracked = await this.#files.find(path);
    if (tracked) {
      const before = await this.#files.refresh(tracked, signal);
      return { pending: tracked.isPending ? tracked : undefined, known: tracked, before };
    }
    const version = await this.#files.ground.files.read(path, signal);
    return {
      pending: undefined,
      known: undefined,
      before: { bytes: version?.bytes ?? null, hash: version?.hash ?? null },
    };
  }

  #bytesOf({ content }: WriteRequest, before: Content): Uint8Array | null {
    return typeof content === 'string' ? conform(content, before.bytes ?? undefined) : content;
  }
}
