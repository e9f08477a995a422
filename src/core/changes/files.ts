import type { Hash, RelPath } from '../../protocol/ids.ts';
import { folderOf } from '../paths.ts';
import type { Disposable, WriteResult } from '../ports.ts';
import type { Content } from './reviewed.ts';
import { type Ground, Tracked } from './tracked.ts';
import { Turns } from './turns.ts';

/** How many files stay watched after their review is over, so that an undo brings it back. */
const RECENT = 100;

/** All files under review, and the turn that whoever changes one must hold. */
export class Files {
  readonly ground: Ground;
  readonly #turns = new Turns<RelPath>();
  readonly #tracked = new Map<RelPath, Tracked>();
  /** Those of them whose review is over, the longest first. */
  readonly #over = new Set<RelPath>();
  /** Of the commands under way that write files by themselves: which they may. */
  readonly writing = new Set<(path: RelPath) => boolean>();
  readonly #listeners = new Set<(paths: readonly RelPath[]) => void>();
  #changed = new Set<RelPath>();

  constructor(ground: Ground) {
    this.ground = ground;
  }

  turn<T>(path: RelPath, run: () => Promise<T>): Promise<T> {
    return this.#turns.take(path, run);
  }

  /** What is known without looking anywhere. */
  get(path: RelPath): Tracked | undefined {
    return this.#tracked.get(path);
  }

  all(): Iterable<Tracked> {
    return this.#tracked.values();
  }

  /** What is known of a file, from the journal if need be. */
  async find(path: RelPath): Promise<Tracked | undefined> {
    const known = this.#tracked.get(path) ?? (await Tracked.load(this.ground, path));
    if (known) this.#tracked.set(path, known);
    return known;
  }

  /** Looks at a file again, and forgets it if its review is over and it has moved on. */
  async refresh(file: Tracked, signal?: AbortSignal): Promise<Content> {
    if (!file.isPending) {
      const version = await this.ground.files.read(file.path, signal);
      const content: Content = { bytes: version?.bytes ?? null, hash: version?.hash ?? null };
      if (content.hash === file.content) return content;
      if (!file.mayReturn(content.hash)) {
        this.#tracked.delete(file.path);
        this.#over.delete(file.path);
        return content;
      }
    }
    const { version } = file;
    const content = await file.refresh(signal);
    if (file.version !== version) this.track(file);
    return content;
  }

  /** Keeps a file in mind after it changed. */
  track(file: Tracked): void {
    this.#tracked.delete(file.path);
    this.#tracked.set(file.path, file);
    this.changed(file.path);
    this.#over.delete(file.path);
    if (file.isPending) return;
    this.#over.add(file.path);
    for (const path of this.#over) {
      if (this.#over.size <= RECENT) break;
      this.#over.delete(path);
      this.#tracked.delete(path);
    }
  }

  /** Takes a file as the journal tells of it now: another process has put that down. */
  async reload(path: RelPath, signal?: AbortSignal): Promise<void> {
    const file = await Tracked.load(this.ground, path);
    if (!file) {
      if (this.#tracked.has(path)) this.forget(path);
      return;
    }
    await file.refresh(signal);
    this.track(file);
  }

  forget(path: RelPath): void {
    this.#tracked.delete(path);
    this.#over.delete(path);
    this.changed(path);
  }

  /** Writes a content over the one it was made for. Never throws: an intent is in the journal and wants its outcome. */
  async put(path: RelPath, after: Content, before: Hash | null, signal?: AbortSignal): Promise<WriteResult> {
    const { files } = this.ground;
    try {
      if (after.bytes) return await files.write(path, after.bytes, before, signal);
      const removed: WriteResult =
        before === null ? { ok: true, hash: null } : await files.remove(path, before, signal);
      if (removed.ok) await this.#removeMadeFolders(path);
      return removed;
    } catch (error) {
      return { ok: false, reason: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Folders that were made for a file that is gone, and hold nothing else, go with it. */
  async #removeMadeFolders(path: RelPath): Promise<void> {
    const { files, journal } = this.ground;
    for (let folder = folderOf(path); journal.state.madeFolders.has(folder); folder = folderOf(folder))
      if (!(await files.removeEmpty(folder))) return;
  }

  /** Tells listeners, once for all that changes in this turn of the loop. */
  changed(path: RelPath): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#tell());
    this.#changed.add(path);
  }

  onDidChange(listener: (paths: readonly RelPath[]) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  #tell(): void {
    const paths = [...this.#changed];
    this.#changed = new Set();
    for (const listener of [...this.#listeners]) listener(paths);
  }
}
