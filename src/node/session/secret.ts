import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../../core/session/store.ts';
import { writeAtomic } from '../atomic-write.ts';
import { codeOf } from '../error-code.ts';

/** The name alone keeps it from agents: no file tool and no command may read a `.key`. */
const NAME = 'seal.key';
const BYTES = 32;
/** A process that was faster may still be writing it; one that died in the middle will not go on. */
const LOOKS = 20;
const LOOK_MS = 25;

/** What seals a user's journals and requests: random bytes in the user's own folder, made when first needed. */
export interface SealSecret {
  /** Undefined while there is none: then nothing here was sealed by this user. */
  read(): Promise<Uint8Array | undefined>;
  make(): Promise<Uint8Array>;
}

const known = new Map<string, Promise<Uint8Array>>();

export function sealSecret(userFolder: string): SealSecret {
  const path = join(userFolder, NAME);
  const keep = (secret: Promise<Uint8Array>) => {
    known.set(path, secret);
    secret.catch(() => known.delete(path));
    return secret;
  };
  return {
    async read() {
      const made = known.get(path);
      if (made) return made;
      const found = await readSecret(path).catch(() => undefined);
      return found && keep(Promise.resolve(found));
    },
    make: () => known.get(path) ?? keep(makeSecret(userFolder, path)),
  };
}

async function readSecret(path: string): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path);
  return bytes.length === BYTES ? bytes : undefined;
}

/** Of all processes that make it at once, one does; the others find what it made. */
async function makeSecret(folder: string, path: string): Promise<Uint8Array> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let look = 0; ; look++) {
      const there = await readSecret(path).catch(absent);
      if (there) return there;
      if (look === LOOKS) await clear(path);
      if (look > 0 && look < LOOKS && (await stat(path).catch(absent))) await sleep(LOOK_MS);
      else await writeAtomic(path, randomBytes(BYTES), { mode: 0o600, fresh: true }).catch(exists);
      if (look > 2 * LOOKS) throw new Error('it does not hold the 32 bytes that were written to it');
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const advice = 'Make its folder writable, or set ORCHESTRATE_HOME to one that is.';
    throw new StoreError('failed', `${path}, which seals your sessions, cannot be kept: ${why}. ${advice}`);
  }
}

/** What somebody died in the middle of writing; never a secret that is whole. */
async function clear(path: string): Promise<void> {
  const found = await stat(path).catch(absent);
  if (found && found.size < BYTES) await rm(path, { force: true });
}

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function exists(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}
