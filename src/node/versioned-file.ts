import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from './atomic-write.ts';
import { codeOf } from './error-code.ts';

/** How often an unreadable newest version is looked at again before it counts as damaged. */
const LOOKS = 5;

/**
 * A small value that several processes change together, without locks and so without stale ones: each change is a new
 * numbered file that only one process can create; who loses reads again and tries again. What a crash leaves behind is
 * never more than an unfinished file that nobody looks at.
 */
export class VersionedFile<T> {
  #folder: string;
  #parse: (text: string) => T | undefined;
  #empty: () => T;

  constructor(folder: string, parse: (text: string) => T | undefined, empty: () => T) {
    this.#folder = folder;
    this.#parse = parse;
    this.#empty = empty;
  }

  /**
   * Applies `change` to the newest value until that stuck. It may run several times, also on a value that holds it
   * already, so it must say how things are rather than how they differ. Returning undefined changes nothing.
   */
  async update(change: (value: T) => T | undefined): Promise<T> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const { version, value } = await this.#newest();
      const next = change(value);
      if (next === undefined) return value;
      if (await this.#create(version + 1, next)) return next;
    }
  }

  async #newest(): Promise<{ version: number; value: T }> {
    for (let look = 1; ; look++) {
      const versions = await this.#versions();
      const top = versions[0] ?? 0;
      for (const version of look < LOOKS ? versions.slice(0, 1) : versions) {
        const value = await this.#read(version);
        if (value !== undefined) return { version: top, value };
      }
      if (top === 0 || look >= LOOKS) return { version: top, value: this.#empty() };
      await new Promise(done => setTimeout(done, 10));
    }
  }

  /** False when another process was faster. */
  async #create(version: number, value: T): Promise<boolean> {
    try {
      await writeAtomic(this.#path(version), Buffer.from(JSON.stringify(value)), { mode: 0o600, fresh: true });
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
    const versions = await this.#versions();
    if ((versions[0] ?? 0) > version) {
      // Either others built on ours already, or the number was free only because it is long past. Once more is right both ways.
      return false;
    }
    await Promise.all(versions.slice(2).map(old => rm(this.#path(old), { force: true })));
    return true;
  }

  /** Newest first. */
  async #versions(): Promise<number[]> {
    const names = await readdir(this.#folder);
    return names
      .flatMap(name => /^(\d+)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
  }

  async #read(version: number): Promise<T | undefined> {
    try {
      return this.#parse(await readFile(this.#path(version), 'utf8'));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  #path(version: number): string {
    return join(this.#folder, `${version}.json`);
  }
}
