import { mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { GitError, type Oid } from '../../core/delivery/git.ts';
import type { Clock } from '../../core/ports.ts';
import type { SessionHost } from '../../protocol/events.ts';
import { hashOf } from '../hash.ts';
import { OwnFolder } from '../own-folder.ts';
import { lifeOf, thisProcess } from '../session/identity.ts';
import { lockOwner, takeLock } from '../session/lock.ts';
import type { Repository } from './repository.ts';
import { must } from './run-git.ts';

/** `check`: anything in it can be made again. `work`: agents work in it, and what has not landed stays. */
export type TreeUse = 'check' | 'work';

export interface HeldTree {
  path: string;
  /** Whether it was made just now, with nothing in it but the commit's files. */
  fresh: boolean;
  release(): Promise<void>;
}

export interface KnownTree {
  path: string;
  use: TreeUse;
  /** The process that has it. */
  heldBy?: number;
  /** Why it is not cleaned away, for one that nobody has. */
  kept?: string;
}

export interface TreeOptions {
  repository: Repository;
  /** The folder for the trees of all repositories. */
  folder: string;
  /** At most this many. */
  most: number;
  clock: Clock;
  host: SessionHost;
}

/** Whether a path lies in a working tree of ours: what a journal says of its place is believed no further. */
export function isTreeOf(folder: string, path: string): boolean {
  const within = relative(join(folder, TREES), path).split(sep);
  return within.length >= 3 && within[0] !== '..' && within[2] === TREE && !within.includes('..');
}

const TREES = 'trees';
const TREE = 'tree';
const USE = 'use';
/** A sparse checkout's own settings are not for trees in which checks want to see all files. */
const WHOLE = ['-c', 'core.sparseCheckout=false'];

/** Detached working trees of ours, outside of every workspace: counted, capped, used again, and cleaned. */
export class TreePool {
  readonly #options: TreeOptions;
  readonly #home: string;

  constructor(options: TreeOptions) {
    this.#options = options;
    const name = hashOf(new TextEncoder().encode(options.repository.places.common)).slice(0, 16);
    this.#home = join(options.folder, TREES, name);
  }

  /** Whether work of this name has a tree. */
  async has(name: string): Promise<boolean> {
    for (let number = 1; number <= MOST_LOOKED_AT; number++)
      if ((await this.#nameOf(number)) === name && (await isThere(this.#path(number)))) return true;
    return false;
  }

  /** The tree in which the work of this name was left, as it was left. */
  async takeAgain(name: string): Promise<HeldTree | undefined> {
    for (let number = 1; number <= MOST_LOOKED_AT; number++) {
      const path = this.#path(number);
      if ((await this.#nameOf(number)) !== name || !(await isThere(path))) continue;
      const lock = await this.#lock(number);
      if (!lock) throw new GitError('trees', `The working tree of ${name} (${path}) is in use by another process.`);
      return { path: await realpath(path), fresh: false, release: lock.release };
    }
    return undefined;
  }

  /** A tree with exactly this commit in it, until it is released or this process is gone. Work has a name. */
  async take(commit: Oid, use: TreeUse, name?: string): Promise<HeldTree> {
    const reasons: string[] = [];
    for (let number = 1; number <= this.#options.most; number++) {
      const lock = await this.#lock(number);
      if (!lock) {
        reasons.push(`${number} is in use`);
        continue;
      }
      try {
        const kept = await this.#whyKept(number);
        if (kept === undefined)
          return await this.#prepare(number, commit, name === undefined ? use : `${use} ${name}`, lock.release);
        reasons.push(`${number} holds ${kept}`);
      } catch (error) {
        await lock.release();
        throw error;
      }
      await lock.release();
    }
    throw new GitError(
      'trees',
      `All ${this.#options.most} working trees in ${this.#home} are taken (${reasons.join(', ')}). Wait, land or drop what is in them, or allow more: delivery.trees.`,
    );
  }

  async list(): Promise<KnownTree[]> {
    const found: KnownTree[] = [];
    for (let number = 1; number <= MOST_LOOKED_AT; number++) {
      const path = this.#path(number);
      if (!(await isThere(path))) continue;
      const owner = await lockOwner(this.#lockPlace(number));
      const kept = owner ? undefined : await this.#whyKept(number);
      found.push({
        path,
        use: await this.#useOf(number),
        ...(owner && { heldBy: owner.pid }),
        ...(kept !== undefined && { kept }),
      });
    }
    return found;
  }

  /** Takes away every tree that nobody has and in which nothing would be lost; returns their paths. */
  async clean(): Promise<string[]> {
    const removed: string[] = [];
    for (let number = 1; number <= MOST_LOOKED_AT; number++) {
      if (!(await isThere(this.#path(number)))) continue;
      const lock = await this.#lock(number);
      if (!lock) continue;
      try {
        if ((await this.#whyKept(number)) !== undefined) continue;
        await this.#remove(number);
        removed.push(this.#path(number));
      } finally {
        await lock.release();
      }
    }
    return removed;
  }

  #path = (number: number) => join(this.#home, String(number), TREE);

  #lockPlace = (number: number) => ({
    folder: new OwnFolder(this.#home, String(number), 'lock'),
    clock: this.#options.clock,
    me: thisProcess,
    lifeOf,
  });

  async #lock(number: number): Promise<{ release: () => Promise<void> } | undefined> {
    await mkdir(join(this.#home, String(number)), { recursive: true, mode: 0o700 });
    const taken = await takeLock(this.#lockPlace(number), this.#options.host);
    return taken.ok ? { release: () => taken.lock.release() } : undefined;
  }

  async #useOf(number: number): Promise<TreeUse> {
    const text = await readFile(join(this.#home, String(number), USE), 'utf8').catch(() => 'check');
    return text.startsWith('work') ? 'work' : 'check';
  }

  async #nameOf(number: number): Promise<string | undefined> {
    return (await readFile(join(this.#home, String(number), USE), 'utf8').catch(() => '')).split(' ')[1];
  }

  /** What would be lost with a tree; undefined: nothing. */
  async #whyKept(number: number): Promise<string | undefined> {
    const path = this.#path(number);
    if (!(await isThere(path)) || (await this.#useOf(number)) === 'check') return undefined;
    const { repository } = this.#options;
    const status = await repository.run(['status', '--porcelain', '--untracked-files=all'], { cwd: path });
    if (status.code !== 0) return 'files that git cannot look at';
    if (status.out !== '') return 'work that is committed nowhere';
    const head = await repository.run(['rev-parse', 'HEAD'], { cwd: path });
    const { out } = await repository.run([
      'for-each-ref',
      '--count=1',
      '--contains',
      head.out.trim(),
      'refs/heads',
      'refs/remotes',
    ]);
    return out === '' ? 'commits that are on no branch' : undefined;
  }

  async #prepare(number: number, commit: Oid, use: string, release: () => Promise<void>): Promise<HeldTree> {
    const { repository } = this.#options;
    const path = this.#path(number);
    const again = (await isThere(path)) && (await this.#reset(path, commit));
    if (!again) {
      await this.#remove(number);
      const add = [...WHOLE, 'worktree', 'add', '--quiet', '--detach', '--force', path, commit];
      await must(repository.run(add), `making a working tree in ${path}`);
    }
    await writeFile(join(this.#home, String(number), USE), use, { mode: 0o600 });
    return { path: await realpath(path), fresh: !again, release };
  }

  /** What git ignores stays, such as what a set-up command has installed. */
  async #reset(path: string, commit: Oid): Promise<boolean> {
    const { run } = this.#options.repository;
    const out = await run([...WHOLE, 'checkout', '--quiet', '--detach', '--force', commit], { cwd: path });
    return out.code === 0 && (await run(['clean', '-ffdq'], { cwd: path })).code === 0;
  }

  async #remove(number: number): Promise<void> {
    const path = this.#path(number);
    await this.#options.repository.run(['worktree', 'remove', '--force', '--force', path]);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Those of a time when more were allowed are found, too. */
const MOST_LOOKED_AT = 64;

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
