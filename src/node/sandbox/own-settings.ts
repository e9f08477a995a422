import { copyFile, lstat, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OwnProgram } from '../../core/ports.ts';
import { writeAtomic } from '../atomic-write.ts';
import { hashOf } from '../hash.ts';

/** What CLI agents keep of their work: nothing that they begin with, and much of it. */
const HISTORY = new Set(
  `projects sessions archived_sessions history history.jsonl todos tasks file-history shell-snapshots shell_snapshots paste-cache
   image-cache logs log debug tmp telemetry statsig cache backups storage snapshot tool-output worktrees repos`.split(
    /\s+/,
  ),
);
const LARGEST = 16 * 1024 * 1024;
/** Of one folder. */
const MOST_FILES = 5000;

/** The copies of all owners. */
export class SettingsCopies {
  readonly #person: string;
  readonly #owners = new Map<string, OwnSettings>();
  readonly #going = new Set<Promise<void>>();

  constructor(person: string) {
    this.#person = person;
  }

  /** Gives back what is to be called when the program has ended. */
  async bring({ owner, copies, renews }: OwnProgram, home: string): Promise<() => void> {
    const settings = this.#owners.get(owner) ?? new OwnSettings(this.#person, home);
    this.#owners.set(owner, settings);
    await settings.bring(copies, renews);
    return () => {
      const going = settings
        .takeBack(renews)
        .catch(() => undefined)
        .finally(() => this.#going.delete(going));
      this.#going.add(going);
    };
  }

  /** Nothing is on its way back any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#going);
  }
}

/** Copies of a person's settings in the home folder of who is held, and the logins among them on the way back. */
class OwnSettings {
  readonly #person: string;
  readonly #home: string;
  /** What stood in a file when it was copied. */
  readonly #copied = new Map<string, string>();

  constructor(person: string, home: string) {
    this.#person = person;
    this.#home = home;
  }

  /** Those that the person has changed since are copied again. */
  async bring(paths: readonly string[], renews: readonly string[]): Promise<void> {
    for (const path of paths) await copyAll(join(this.#person, path), join(this.#home, path), { left: MOST_FILES });
    for (const path of renews) {
      const theirs = await contentOf(join(this.#person, path));
      if (theirs) this.#copied.set(path, hashOf(theirs));
    }
  }

  /** Takes back what was renewed, unless the person's own was meanwhile, too. */
  async takeBack(renews: readonly string[]): Promise<void> {
    for (const path of renews) {
      const at = join(await realpath(this.#home), path);
      // Whatever it put in its place is no login of its own.
      if ((await realpath(at).catch(() => undefined)) !== at) continue;
      const [ours, theirs] = await Promise.all([contentOf(at), contentOf(join(this.#person, path))]);
      const copied = this.#copied.get(path);
      if (!ours || !theirs || hashOf(theirs) !== copied || hashOf(ours) === copied || !isWhole(ours)) continue;
      await writeAtomic(join(this.#person, path), ours, { mode: 0o600 });
      this.#copied.set(path, hashOf(ours));
    }
  }
}

const isWhole = (login: Uint8Array) => {
  try {
    JSON.parse(Buffer.from(login).toString());
    return true;
  } catch {
    return false;
  }
};

const contentOf = async (path: string) => {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() && found.size <= LARGEST ? readFile(path).catch(() => undefined) : undefined;
};

/** What is led to by links is copied, too: where they lead is not to be read. */
async function copyAll(from: string, to: string, room: { left: number }): Promise<void> {
  const found = await stat(from).catch(() => undefined);
  if (!found || room.left-- <= 0) return;
  if (found.isDirectory()) {
    await mkdir(to, { recursive: true });
    for (const name of await readdir(from).catch(() => []))
      if (!HISTORY.has(name)) await copyAll(join(from, name), join(to, name), room);
    return;
  }
  await mkdir(dirname(to), { recursive: true });
  // Who is there already may have renewed it.
  if (found.isFile() && found.size <= LARGEST && !(await isNewer(to, found.mtimeMs)))
    await copyFile(from, to).catch(() => undefined);
}

const isNewer = async (path: string, than: number) => {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs > than;
};
