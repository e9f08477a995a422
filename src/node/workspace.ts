import { lstat, readdir, readFile, realpath, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRelPath, folderOf, parsePath } from '../core/paths.ts';
import {
  type FileVersion,
  type ListedFile,
  type PathRefusal,
  PathRefused,
  type SearchHit,
  type SearchQuery,
  type WorkspaceFiles,
  type WriteResult,
} from '../core/ports.ts';
import type { Hash, RelPath } from '../protocol/ids.ts';
import { isHalfMade, writeAtomic } from './atomic-write.ts';
import { diskOf } from './disk.ts';
import { codeOf } from './error-code.ts';
import { hashOf } from './hash.ts';
import { type Located, locate } from './locate.ts';
import { OwnFolder } from './own-folder.ts';
import { globFilter, search } from './search.ts';
import { walk, walkTogether } from './walk.ts';

const failure = (error: unknown): WriteResult => {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return { ok: false, reason: 'failed', message, ...(code && { code }) };
};

/** A folder on disk as agents may see it. */
export class NodeWorkspace implements WorkspaceFiles {
  readonly root: string;
  readonly #ripgrep: string | undefined;
  readonly #unsaved: (() => ReadonlyMap<RelPath, string>) | undefined;
  #realRoot: Promise<string> | undefined;
  /** False where the workshop is none of ours. */
  #swept: Promise<boolean> | undefined;

  /** With `unsaved`, searches look into those texts instead of the files'. */
  constructor(
    root: string,
    options: { ripgrep?: string | undefined; unsaved?: () => ReadonlyMap<RelPath, string> } = {},
  ) {
    this.root = root;
    this.#ripgrep = options.ripgrep;
    this.#unsaved = options.unsaved;
  }

  async resolve(path: string): Promise<{ ok: true; path: RelPath } | { ok: false; reason: PathRefusal }> {
    const parsed = parsePath(path, [this.root, await this.#rootPath()]);
    if (!parsed.ok) return parsed;
    try {
      return { ok: true, path: (await this.#locate(this.#climbed(path) ?? parsed.path)).path };
    } catch (error) {
      return { ok: false, reason: error instanceof PathRefused ? error.reason : 'invalid' };
    }
  }

  async read(path: RelPath, signal?: AbortSignal): Promise<FileVersion | undefined> {
    const { absolute, exists } = await this.#locate(path);
    if (!exists) return undefined;
    try {
      const bytes = await readFile(absolute, { signal });
      return { bytes, hash: hashOf(bytes) };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async writtenAt(path: RelPath): Promise<number | undefined> {
    const { absolute, exists } = await this.#locate(path);
    return exists ? (await stat(absolute).catch(() => undefined))?.mtimeMs : undefined;
  }

  async sizeOf(path: RelPath): Promise<number | undefined> {
    const { absolute, exists } = await this.#locate(path);
    return exists ? (await stat(absolute).catch(() => undefined))?.size : undefined;
  }

  async write(path: RelPath, bytes: Uint8Array, expected: Hash | null, signal?: AbortSignal): Promise<WriteResult> {
    try {
      const { absolute } = await this.#locate(path);
      const actual = await this.#hash(path, signal);
      if (actual !== expected) return { ok: false, reason: 'stale', actual };
      signal?.throwIfAborted();
      const how = expected === null ? { fresh: true } : { mode: (await stat(absolute)).mode & 0o7777 };
      await this.#inWorkshop(workshop => writeAtomic(absolute, bytes, { ...how, ...(workshop && { workshop }) }));
      return { ok: true, hash: hashOf(bytes) };
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return { ok: false, reason: 'stale', actual: await this.#hash(path) };
      return failure(error);
    }
  }

  async remove(path: RelPath, expected: Hash, signal?: AbortSignal): Promise<WriteResult> {
    try {
      const { absolute } = await this.#locate(path);
      const actual = await this.#hash(path, signal);
      if (actual !== expected) return { ok: false, reason: 'stale', actual };
      await unlink(absolute);
      return { ok: true, hash: null };
    } catch (error) {
      return failure(error);
    }
  }

  async missingFolders(path: RelPath): Promise<RelPath[]> {
    const missing: RelPath[] = [];
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) {
      if (await lstat(join(this.root, folder)).catch(() => undefined)) break;
      missing.unshift(folder);
    }
    return missing;
  }

  async removeEmpty(folder: RelPath): Promise<boolean> {
    try {
      // Through no link, and nothing that is not empty.
      const real = join(await this.#rootPath(), folder);
      if ((await realpath(real)) !== real || !checkRelPath(folder).ok) return false;
      await rmdir(real);
      return true;
    } catch {
      return false;
    }
  }

  async list(options: {
    globs?: string[];
    limit: number;
    signal?: AbortSignal;
  }): Promise<{ files: ListedFile[]; more: boolean }> {
    const wanted = globFilter(options.globs);
    const files: ListedFile[] = [];
    for await (const path of walk(this.root, { signal: options.signal })) {
      if (!wanted(path) || !checkRelPath(path).ok) continue;
      if (files.length === options.limit) return { files, more: true };
      const size = await stat(join(this.root, path)).then(
        found => found.size,
        () => undefined,
      );
      if (size !== undefined) files.push({ path, bytes: size });
    }
    return { files, more: false };
  }

  async folders(options: { globs?: string[]; signal?: AbortSignal }): Promise<Map<RelPath, number>> {
    const wanted = globFilter(options.globs);
    const folders = new Map<RelPath, number>();
    for await (const paths of walkTogether(this.root, { signal: options.signal })) {
      for (const path of paths) {
        if (!wanted(path) || !checkRelPath(path).ok) continue;
        const folder = folderOf(path);
        folders.set(folder, (folders.get(folder) ?? 0) + 1);
      }
    }
    return folders;
  }

  search(query: SearchQuery, signal?: AbortSignal): Promise<{ hits: SearchHit[]; more: boolean }> {
    return search(this.root, query, { ripgrep: this.#ripgrep, unsaved: this.#unsaved, signal });
  }

  /** Half-made files stand among our own records, where nobody mistakes them for the project's. */
  async #inWorkshop(write: (workshop: string | undefined) => Promise<void>): Promise<void> {
    const folder = new OwnFolder(await this.#rootPath(), '.orchestrate', 'sessions', '.workshop');
    this.#swept ??= folder.within(sweep).then(
      () => true,
      () => false,
    );
    // Where something else stands in its place, they stand beside the file.
    await ((await this.#swept) ? folder.making(write) : write(undefined));
  }

  /** Where a path with `..` in it leads on disk: from where a link before it leads, not from where it stands. */
  #climbed(path: string): RelPath | undefined {
    if (!/(^|[\\/])\.\.([\\/]|$)/.test(path)) return undefined;
    const disk = diskOf(this.root);
    const real = disk.follow(disk.root, path.replaceAll('\\', '/'));
    const inside = real === undefined ? undefined : disk.inside(real);
    if (inside === undefined) throw new PathRefused('outside-workspace');
    if (inside === '') throw new PathRefused('not-a-file');
    return inside;
  }

  async #hash(path: RelPath, signal?: AbortSignal): Promise<Hash | null> {
    return (await this.read(path, signal))?.hash ?? null;
  }

  async #locate(path: RelPath): Promise<Located> {
    return locate(await this.#rootPath(), path);
  }

  #rootPath(): Promise<string> {
    this.#realRoot ??= realpath(this.root).catch(error => {
      this.#realRoot = undefined;
      throw error;
    });
    return this.#realRoot;
  }
}

const HOUR_MS = 3_600_000;

/** Removes what killed processes left; what is younger may be somebody's work. */
async function sweep(at: string): Promise<void> {
  for (const name of (await readdir(at)).filter(isHalfMade)) {
    const found = await lstat(join(at, name)).catch(() => undefined);
    if (found?.isFile() && Date.now() - found.mtimeMs > HOUR_MS) await rm(join(at, name), { force: true });
  }
}
