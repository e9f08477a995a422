import { chmod, lstat, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../error-code.ts';

const PREFIX = 'orchestrate-sandbox-';

/** Where one command's writes go. */
export interface Stage {
  folder: string;
  /** What it wrote, as the kernel's overlay keeps it. */
  upper: string;
}

/** The private folders of one session's commands, all below one that nobody else can enter. */
export class SandboxStore {
  readonly folder: string;
  /** Stands in for files that commands may not read: nobody can. */
  readonly denied: string;
  #stages = 0;
  readonly #dropping = new Set<Promise<void>>();

  private constructor(folder: string) {
    this.folder = folder;
    this.denied = join(folder, 'denied');
  }

  /** In the first of these places; what sessions left behind that were killed is removed on the way. */
  static async make(places: readonly string[]): Promise<SandboxStore> {
    let failure: unknown;
    for (const place of places) {
      try {
        await mkdir(place, { recursive: true, mode: 0o700 });
        await sweep(place);
        const store = new SandboxStore(await realpath(await mkdtemp(join(place, `${PREFIX}${process.pid}-`))));
        await writeFile(store.denied, '', { mode: 0o000 });
        return store;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** The folders that an owner's commands have to themselves. */
  async owned(owner: string): Promise<{ home: string; temporary: string }> {
    const own = join(this.folder, 'own', Buffer.from(owner).toString('hex').slice(0, 100) || 'none');
    const folders = { home: join(own, 'home'), temporary: join(own, 'tmp') };
    for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
    return folders;
  }

  async stage(lower: string): Promise<Stage> {
    const folder = join(this.folder, `run-${++this.#stages}`);
    for (const name of ['upper', 'work', 'merged']) await mkdir(join(folder, name), { recursive: true });
    // Named by a link, so that no character of the workspace's path means anything to mount.
    await symlink(lower, join(folder, 'lower'));
    return { folder, upper: join(folder, 'upper') };
  }

  /** A folder for the sockets of a program. */
  place(): Promise<string> {
    return mkdtemp(join(this.folder, 'program-'));
  }

  drop({ folder }: Stage): void {
    this.remove(folder);
  }

  /** Nobody waits for it to be gone but whoever closes the store. */
  remove(folder: string): void {
    const dropping = removeAll(folder).finally(() => this.#dropping.delete(dropping));
    this.#dropping.add(dropping);
  }

  async close(): Promise<void> {
    await Promise.all(this.#dropping);
    await removeAll(this.folder);
  }
}

/** Where stores are looked for: beside other caches, among temporary files, and in memory. */
export const storePlaces = (cache: string | undefined): string[] => [
  ...(cache === undefined ? [] : [join(cache, 'orchestrate')]),
  tmpdir(),
  '/dev/shm',
];

/** Folders that the kernel or a command closed are opened first. */
async function removeAll(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 };
  try {
    await rm(path, options);
  } catch {
    await open(path);
    await rm(path, options).catch(() => undefined);
  }
}

async function open(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return;
  await chmod(path, 0o700).catch(() => undefined);
  for (const name of await readdir(path).catch(() => [])) await open(join(path, name));
}

async function sweep(place: string): Promise<void> {
  for (const name of await readdir(place).catch(() => [])) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (Number.isInteger(owner) && !lives(owner)) await removeAll(join(place, name));
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
