import type { RelPath } from '../../protocol/ids.ts';
import type { Disposable } from '../ports.ts';
import type { Author, CommandFiles } from './contract.ts';
import type { Files } from './files.ts';
import { journalWritten } from './journal-written.ts';
import type { Content } from './reviewed.ts';
import { Tracked } from './tracked.ts';

/** Takes what commands wrote straight into the workspace as their agents' work, from what stood there before. */
export class WrittenByCommands implements CommandFiles {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  allowWrites(mayWrite: (path: RelPath) => boolean): Disposable {
    this.#files.writing.add(mayWrite);
    return { dispose: () => void this.#files.writing.delete(mayWrite) };
  }

  adopt(path: RelPath, before: Uint8Array | null, author: Author): Promise<boolean> {
    return this.#files.turn(path, () => this.#adopt(path, before, author));
  }

  async #adopt(path: RelPath, bytes: Uint8Array | null, author: Author): Promise<boolean> {
    const { files, hash, journal } = this.#files.ground;
    const known = await this.#files.find(path);
    const pending = known?.isPending ? known : undefined;
    if (pending?.live) {
      await this.#files.refresh(pending);
      return false;
    }
    const version = await files.read(path);
    const after: Content = { bytes: version?.bytes ?? null, hash: version?.hash ?? null };
    const before: Content = { bytes, hash: bytes && hash(bytes) };
    if (after.hash === (pending ? pending.content : before.hash)) return false;
    const file = pending ?? Tracked.fresh(this.#files.ground, path, before, known);
    if (!pending) {
      const blob = bytes && (await journal.putBlob(bytes));
      await journal.commit({ type: 'baseline-taken', path, blob });
    }
    await journalWritten(this.#files.ground, file, after, author);
    this.#files.track(file);
    return true;
  }
}
