import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RelPath } from '../../../protocol/ids.ts';
import { hashOf } from '../../hash.ts';
import type { Differences } from '../judge.ts';

const AT_ONCE = 32;

/** What stands in a file, and the copy of it. */
interface Kept {
  key: string;
  mode: number;
}

/** How files and links stood before a command, to be put back after it. */
export interface Stand {
  files: ReadonlyMap<RelPath, Kept>;
  /** Where each leads. */
  links: ReadonlyMap<RelPath, string>;
}

interface Found {
  files: readonly RelPath[];
  links: readonly RelPath[];
}

/** Copies of the files that commands may write; those that have not changed since are not copied again. */
export class KeptFiles {
  readonly #root: string;
  readonly #folder: string;
  readonly #known = new Map<RelPath, Kept>();

  constructor(root: string, folder: string) {
    this.#root = root;
    this.#folder = folder;
  }

  async keep({ files, links }: Found): Promise<Stand> {
    await mkdir(this.#folder, { recursive: true });
    const stand = new Map<RelPath, Kept>();
    await each(files, async path => {
      const kept = await this.#mark(path);
      if (!kept) return;
      if (this.#known.get(path)?.key !== kept.key) {
        await copyFile(join(this.#root, path), this.#copy(path), constants.COPYFILE_FICLONE);
        this.#known.set(path, kept);
      }
      stand.set(path, kept);
    });
    return { files: stand, links: await this.#targets(links) };
  }

  /** Takes what differs out of the workspace into a folder beside it, and puts back what stood there. */
  async lift(stand: Stand, now: Found, into: string): Promise<Differences> {
    const files: RelPath[] = [];
    await each(now.files, async path => {
      const [was, is] = [stand.files.get(path), await this.#mark(path)];
      if (!is || (was && was.key === is.key)) return;
      const [from, to] = [join(this.#root, path), join(into, path)];
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to, constants.COPYFILE_FICLONE);
      if (was && was.mode === is.mode && (await isSame(to, this.#copy(path)))) return;
      files.push(path);
      if (was) await this.#putBack(path, was);
      else await rm(from, { force: true });
    });
    const links = await this.#putBackLinks(stand.links, await this.#targets(now.links));
    const there = new Set(now.files);
    const gone = [...stand.files.keys()].filter(path => !there.has(path));
    for (const path of gone) await this.#putBack(path, stand.files.get(path) as Kept);
    return { files: files.sort(), gone, links };
  }

  async #targets(links: readonly RelPath[]): Promise<Map<RelPath, string>> {
    const targets = new Map<RelPath, string>();
    for (const path of links) {
      const target = await readlink(join(this.#root, path)).catch(() => undefined);
      if (target !== undefined) targets.set(path, target);
    }
    return targets;
  }

  /** Those that came, went, or lead elsewhere now. */
  async #putBackLinks(were: ReadonlyMap<RelPath, string>, are: ReadonlyMap<RelPath, string>): Promise<RelPath[]> {
    const other = [...new Set([...were.keys(), ...are.keys()])].filter(path => were.get(path) !== are.get(path));
    for (const path of other.filter(each => are.has(each))) await rm(join(this.#root, path), { force: true });
    for (const path of other) {
      const target = were.get(path);
      if (target === undefined) continue;
      const at = join(this.#root, path);
      await mkdir(dirname(at), { recursive: true });
      await rm(at, { recursive: true, force: true });
      await symlink(target, at);
    }
    return other.sort();
  }

  async #putBack(path: RelPath, { mode }: Kept): Promise<void> {
    const to = join(this.#root, path);
    await mkdir(dirname(to), { recursive: true });
    if ((await lstat(to).catch(() => undefined))?.isDirectory()) await rm(to, { recursive: true, force: true });
    await copyFile(this.#copy(path), to);
    await chmod(to, mode & 0o777);
    this.#known.delete(path);
  }

  #copy(path: RelPath): string {
    return join(this.#folder, hashOf(Buffer.from(path)));
  }

  async #mark(path: RelPath): Promise<Kept | undefined> {
    const found = await lstat(join(this.#root, path)).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    const { ino, size, mtimeMs, ctimeMs, mode } = found;
    return { key: `${ino} ${size} ${mtimeMs} ${ctimeMs}`, mode };
  }
}

const isSame = async (one: string, other: string) => {
  const [a, b] = await Promise.all([readFile(one), readFile(other)]);
  return a.equals(b);
};

async function each<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(run));
}
