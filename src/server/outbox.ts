import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomic } from '../node/atomic-write.ts';
import { codeOf } from '../node/error-code.ts';
import { lifeOf, ProcessIdentity, thisProcess } from '../node/session/identity.ts';

/** What an address is told once. */
const Letter = z.object({
  id: z.string(),
  body: z.string(),
  at: z.number(),
  /** How many times it was not taken. */
  tries: z.number().int().nonnegative(),
});
const Kept = z.object({ hook: z.string(), letter: Letter });
/** With the server that tells it. */
const Owned = Kept.extend({ owner: ProcessIdentity });

export type Letter = z.infer<typeof Letter>;
export type Kept = z.infer<typeof Kept>;

const FOLDER = 'http-outbox';
/** As for hooks: no file tool and no command of an agent may read a `.key`. */
const FILE = /^[0-9a-f]{32}\.key$/;

/**
 * Letters that have not been taken yet, each in a file of its own in the user's own folder: the next server takes over what
 * one that runs no more has left.
 */
export class Outbox {
  readonly #folder: string;
  readonly #me: () => Promise<ProcessIdentity>;

  constructor(userFolder: string, me: () => Promise<ProcessIdentity> = thisProcess) {
    this.#folder = join(userFolder, FOLDER);
    this.#me = me;
  }

  async keep(kept: Kept): Promise<void> {
    const owner = await this.#me();
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ ...kept, owner } satisfies z.infer<typeof Owned>);
    await writeAtomic(this.#fileOf(kept, owner), Buffer.from(text), { mode: 0o600 });
  }

  async drop(kept: Kept): Promise<void> {
    await rm(this.#fileOf(kept, await this.#me()), { force: true });
  }

  /** What servers that are gone have left, the oldest first; it is this one's from now on. */
  async takeOver(): Promise<Kept[]> {
    const left: Kept[] = [];
    for (const name of await this.#names()) {
      const path = join(this.#folder, name);
      const found = await read(path);
      if (!found || (await lifeOf(found.owner)) !== 'gone') continue;
      const { hook, letter } = found;
      // Only one of the servers that begin now can take it away.
      if (await this.#remove(path)) left.push({ hook, letter });
    }
    for (const kept of left) await this.keep(kept);
    return left.sort((a, b) => a.letter.at - b.letter.at);
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(error => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    return names.filter(name => FILE.test(name));
  }

  async #remove(path: string): Promise<boolean> {
    try {
      await rm(path);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      return false;
    }
  }

  #fileOf({ hook, letter }: Kept, { pid, started = '' }: ProcessIdentity): string {
    const hash = createHash('sha256')
      .update(JSON.stringify([hook, letter.id, pid, started]))
      .digest('hex');
    return join(this.#folder, `${hash.slice(0, 32)}.key`);
  }
}

/** What cannot be read is of no use to anybody. */
async function read(path: string): Promise<z.infer<typeof Owned> | undefined> {
  try {
    return Owned.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    await rm(path, { force: true });
    return undefined;
  }
}
