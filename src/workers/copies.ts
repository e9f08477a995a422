import { constants } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAgentSetting } from '../core/acting-files.ts';
import type { WorkspaceFiles } from '../core/ports.ts';
import type { CopyChange, WorkerCopies, WorkerCopy } from '../core/worker/contract.ts';
import { codeOf } from '../node/error-code.ts';
import { hashOf } from '../node/hash.ts';
import { walk } from '../node/walk.ts';
import type { Hash, RelPath } from '../protocol/ids.ts';

const MAX_FILES = 50_000;
const MAX_BYTES = 2e9;
const AT_ONCE = 16;
const PREFIX = 'orchestrate-worker-';

async function inParallel<T>(items: Iterable<T>, run: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const copyNext = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await run(next.value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, copyNext));
}

/**
 * Makes copies of a workspace in the folder for temporary files, each for one CLI agent alone. What is an agent's own
 * settings is in none of them, and what a CLI agent leaves there is no change.
 */
export function workerCopies(files: WorkspaceFiles, temporary = tmpdir()): WorkerCopies {
  return {
    async make(signal) {
      const listed = await files.list({ limit: MAX_FILES, signal });
      const bytes = listed.files.reduce((sum, file) => sum + file.bytes, 0);
      if (listed.more || bytes > MAX_BYTES) return undefined;
      await sweep(temporary);
      const own = await realpath(await mkdtemp(join(temporary, `${PREFIX}${process.pid}-`)));
      const folder = join(own, basename(files.root) || 'workspace');
      try {
        await mkdir(folder, { mode: 0o700 });
        const base = new Map<RelPath, Hash>();
        await inParallel(listed.files, async ({ path }) => {
          if (isAgentSetting(path)) return;
          signal.throwIfAborted();
          const version = await files.read(path, signal);
          if (!version) return;
          await put(folder, path, version.bytes, join(files.root, path));
          base.set(path, version.hash);
        });
        return new Copy(own, folder, base);
      } catch (error) {
        await remove(own);
        throw error;
      }
    },
  };
}

async function put(folder: string, path: RelPath, bytes: Uint8Array, original: string): Promise<void> {
  const absolute = join(folder, path);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(absolute, bytes);
  const mode = await stat(original).then(
    found => found.mode,
    () => 0,
  );
  if (mode & constants.S_IXUSR) await chmod(absolute, 0o755);
}

class Copy implements WorkerCopy {
  readonly folder: string;
  readonly #own: string;
  readonly #base: ReadonlyMap<RelPath, Hash>;

  constructor(own: string, folder: string, base: ReadonlyMap<RelPath, Hash>) {
    this.#own = own;
    this.folder = folder;
    this.#base = base;
  }

  async changes(signal?: AbortSignal): Promise<CopyChange[]> {
    // Its ignore rules may have changed: what was there from the beginning is looked at all the same.
    const paths = new Set(this.#base.keys());
    for await (const path of walk(this.folder, { signal })) if (!isAgentSetting(path)) paths.add(path);
    const changes: CopyChange[] = [];
    await inParallel(paths, async path => {
      const before = this.#base.get(path) ?? null;
      const found = await this.#look(path);
      if (found !== 'link' && found !== before) changes.push({ path, before, after: found });
    });
    return changes.sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  read(path: RelPath): Promise<Uint8Array> {
    return readFile(join(this.folder, path));
  }

  remove(): Promise<void> {
    return remove(this.#own);
  }

  /** A link may lead anywhere: what stands there is nobody's work here. */
  async #look(path: RelPath): Promise<Hash | null | 'link'> {
    const absolute = join(this.folder, path);
    try {
      if (!(await lstat(absolute)).isFile() || (await realpath(absolute)) !== absolute) return 'link';
      return hashOf(await readFile(absolute));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw error;
    }
  }
}

const remove = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);

/** Removes copies whose owners are gone. */
async function sweep(temporary: string): Promise<void> {
  for (const name of await readdir(temporary).catch(() => [])) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (Number.isInteger(owner) && !lives(owner)) await remove(join(temporary, name));
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
