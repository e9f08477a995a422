import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRelPath } from '../core/paths.ts';
import type { LooseChange, WorkspaceLook, WorkspaceWatch } from '../core/ports.ts';
import type { RelPath } from '../protocol/ids.ts';
import { hashOf } from './hash.ts';
import { walk } from './walk.ts';

/** A larger workspace is not looked through around each command. */
const MAX_FILES = 30_000;
const LARGEST = 2 * 1024 * 1024;
const MOST_KEPT = 64 * 1024 * 1024;
/** Larger ones are not read to see whether they are the same. */
const LARGEST_READ = 64 * 1024 * 1024;
const AT_ONCE = 64;
/** What a file system's clock may be behind. */
const CLOCK_MS = 2000;

/** A regular file as it stood: changed if any of this is different. */
interface Mark {
  key: string;
  bytes: number;
  changed: number;
}

type Kept = Map<RelPath, { key: string; content: Uint8Array }>;

/** Looks at the workspace before a command and after it, and keeps what the command may change. */
export class NodeWorkspaceWatch implements WorkspaceWatch {
  readonly #root: string;
  readonly #clockMs: number;
  readonly #most: number;
  /** Contents by path, as long as the file is the same. */
  #kept: Kept = new Map();

  /** `clockMs`: how far a file system's clock may be behind; of more files than `most` it keeps out. */
  constructor(root: string, clockMs = CLOCK_MS, most = MAX_FILES) {
    this.#root = root;
    this.#clockMs = clockMs;
    this.#most = most;
  }

  async look(keep: (path: RelPath) => boolean, also: readonly RelPath[] = []): Promise<WorkspaceLook | undefined> {
    const began = Date.now();
    const before = await this.#marks(also, this.#most);
    if (!before) return undefined;
    await this.#keep(before, path => checkRelPath(path).ok && (also.includes(path) || keep(path)));
    const kept = this.#kept;
    return { changes: () => this.#changes(before, kept, also, began) };
  }

  async #marks(also: readonly RelPath[], most: number): Promise<Map<RelPath, Mark> | undefined> {
    const paths = new Set(also);
    for await (const path of walk(this.#root)) if (paths.add(path).size > most) return undefined;
    const marks = new Map<RelPath, Mark>();
    await inChunks([...paths], async path => {
      const mark = await this.#mark(path);
      if (mark) marks.set(path, mark);
    });
    return marks;
  }

  async #mark(path: RelPath): Promise<Mark | undefined> {
    const found = await lstat(join(this.#root, path)).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    const { ino, size, mtimeMs, ctimeMs } = found;
    return { key: `${ino} ${size} ${mtimeMs} ${ctimeMs}`, bytes: size, changed: Math.max(mtimeMs, ctimeMs) };
  }

  async #keep(marks: ReadonlyMap<RelPath, Mark>, wanted: (path: RelPath) => boolean): Promise<void> {
    const kept: Kept = new Map();
    let room = MOST_KEPT;
    const all = [...marks].filter(([path, { bytes }]) => bytes <= LARGEST && wanted(path));
    await inChunks(all, async ([path, { key, bytes }]) => {
      room -= bytes;
      if (room < 0) return;
      const known = this.#kept.get(path);
      const content =
        known?.key === key ? known.content : await readFile(join(this.#root, path)).catch(() => undefined);
      if (content) kept.set(path, { key, content });
    });
    this.#kept = kept;
  }

  async #changes(
    before: ReadonlyMap<RelPath, Mark>,
    kept: Kept,
    also: readonly RelPath[],
    began: number,
  ): Promise<LooseChange[]> {
    // A command may make many more, but not without end.
    const after = await this.#marks([...also, ...before.keys()], before.size + 2 * MAX_FILES);
    if (!after) return [];
    const changes: LooseChange[] = [];
    await inChunks([...new Set([...before.keys(), ...after.keys()])], async path => {
      const [was, is] = [before.get(path), after.get(path)];
      // What an ignore file had hidden until now was there all along.
      if (was?.key === is?.key || (!was && is && is.changed < began - this.#clockMs)) return;
      const isLarge = is !== undefined && is.bytes > LARGEST_READ;
      const content = is && !isLarge ? await readFile(join(this.#root, path)).catch(() => undefined) : undefined;
      if (is && !isLarge && !content) return;
      const stood = was ? kept.get(path)?.content : null;
      const hash = content ? hashOf(content) : is ? '' : null;
      if (stood && content && hashOf(stood) === hash) return;
      changes.push({ path, before: isLarge ? undefined : stood, after: hash });
    });
    return changes.sort((one, other) => (one.path < other.path ? -1 : 1));
  }
}

async function inChunks<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(run));
}
