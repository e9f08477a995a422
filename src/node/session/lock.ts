import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, lutimes, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock, Disposable } from '../../core/ports.ts';
import type { LockResult, LockUse, SessionLock, SessionOwner } from '../../core/session/store.ts';
import { SessionHost } from '../../protocol/events.ts';
import { type OwnFolder, openRegular, readRegular } from '../own-folder.ts';
import { writeWhole } from './atomic.ts';
import { codeOf, ifThere } from './errors.ts';
import { type Life, ProcessIdentity } from './identity.ts';

export interface LockPlace {
  folder: OwnFolder;
  clock: Clock;
  me: () => Promise<ProcessIdentity>;
  lifeOf: (other: ProcessIdentity) => Promise<Life>;
}

const Holder = z.union([
  z.object({ released: z.literal(true) }),
  z.object({
    ...ProcessIdentity.shape,
    host: SessionHost,
    since: z.number(),
    token: z.string(),
    reviews: z.literal(true).optional(),
  }),
]);
type Holder = z.infer<typeof Holder>;

const BEAT_MS = 2000;
/** An owner of whom nothing is certain is taken for dead after this long without a beat. */
const PATIENCE_MS = 7000;
/** First soon, for an owner that is just writing its name; then less often. */
const LOOK_MS = { first: 4, most: 256 };
const FRESH_MS = 1000;
const ATTEMPTS = 50;

/**
 * The lock is a folder of numbered files; the highest number owns. A number is made once (exclusive creation) and by
 * whoever found the one before it released or dead, and numbers only grow, so that of all who find the same owner dead
 * one wins, and who looked too long ago finds a higher number than the one it made.
 */
export async function takeLock(
  place: LockPlace,
  host: SessionOwner['host'],
  use: LockUse = 'run',
): Promise<{ ok: true; lock: HeldLock } | Extract<LockResult, { ok: false }>> {
  for (let attempt = 0; ; attempt++) {
    const top = await highest(place);
    const owner = top > 0 ? await livingOwner(place, top) : undefined;
    if (owner) return { ok: false, owner };
    const held = await claim(place, top + 1, host, use);
    if (held) return { ok: true, lock: held };
    if (attempt === ATTEMPTS) throw new Error('the lock keeps changing hands');
  }
}

/** Who holds the lock now, if anyone alive does. */
export async function lockOwner(place: LockPlace): Promise<SessionOwner | undefined> {
  const top = await highest(place);
  const holder = top > 0 ? await read(place, top) : undefined;
  if (!holder || 'released' in holder) return undefined;
  return (await place.lifeOf(holder)) === 'gone' ? undefined : ownerOf(holder);
}

const ownerOf = (holder: Extract<Holder, { pid: number }>): SessionOwner => ({
  pid: holder.pid,
  host: holder.host,
  machine: holder.machine.split(' ')[0] ?? '',
  since: holder.since,
  ...(holder.reviews && { reviews: true }),
});

async function numbers(place: LockPlace): Promise<number[]> {
  const names = (await place.folder.within(at => readdir(at))) ?? [];
  return names.filter(name => /^[1-9]\d{0,14}$/.test(name)).map(Number);
}

const highest = async (place: LockPlace) => Math.max(0, ...(await numbers(place)));

/** Undefined while its maker has not written it yet, or died before it could. */
async function read(place: LockPlace, number: number): Promise<Holder | undefined> {
  const bytes = await place.folder.within(at => readRegular(join(at, String(number))));
  try {
    return bytes ? Holder.parse(JSON.parse(bytes.toString())) : undefined;
  } catch {
    return undefined;
  }
}

/** The owner behind this number unless it released the lock, is gone, or shows no life while we watch. */
async function livingOwner(place: LockPlace, number: number): Promise<SessionOwner | undefined> {
  const beat = () => place.folder.within(async at => (await ifThere(lstat(join(at, String(number)))))?.mtimeMs);
  const first = await beat();
  const until = place.clock.monotonic() + PATIENCE_MS;
  let life: Life | undefined;
  for (let look = LOOK_MS.first; ; look = Math.min(2 * look, LOOK_MS.most)) {
    const holder = await read(place, number);
    if (holder && 'released' in holder) return undefined;
    if (holder) life ??= await place.lifeOf(holder);
    const now = await beat();
    if (life === 'gone' || now === undefined) return undefined;
    if (holder && (life === 'alive' || now !== first)) return ownerOf(holder);
    if (place.clock.monotonic() >= until) return undefined;
    await new Promise<void>(resolve => place.clock.after(look, resolve));
  }
}

async function claim(
  place: LockPlace,
  number: number,
  host: SessionOwner['host'],
  use: LockUse,
): Promise<HeldLock | undefined> {
  const token = randomBytes(8).toString('hex');
  const holder: Holder = {
    ...(await place.me()),
    host,
    since: place.clock.now(),
    token,
    ...(use === 'review' && { reviews: true }),
  };
  const ours = await place.folder.making(async at => {
    if (!(await make(join(at, String(number)), JSON.stringify(holder)))) return false;
    const all = await numbers(place);
    if (all.some(other => other > number)) {
      await rm(join(at, String(number)), { force: true });
      return false;
    }
    // The one before stays, so that whoever lists the folder at this moment sees at least one of the two.
    for (const old of all) if (old < number - 1) await rm(join(at, String(old)), { force: true });
    return true;
  });
  if (!ours) return undefined;
  return new HeldLock(place, number, token);
}

/** False where the file is there already. */
async function make(path: string, text: string): Promise<boolean> {
  try {
    const made = await open(path, 'wx', 0o600);
    try {
      await made.writeFile(text);
    } finally {
      await made.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

/** On a full disk there is no room for a new file, but what stands in the old one can be replaced. */
async function letGo(path: string): Promise<void> {
  const released = JSON.stringify({ released: true });
  try {
    await writeWhole(path, released, false);
  } catch {
    const old = await openRegular(path, constants.O_RDWR);
    try {
      const { size } = await old.stat();
      await old.write(released.padEnd(size), 0);
    } finally {
      await old.close();
    }
  }
}

export class HeldLock implements SessionLock {
  readonly #place: LockPlace;
  readonly #number: number;
  readonly #token: string;
  readonly #lost = new AbortController();
  #timer: Disposable | undefined;
  #beating: Promise<unknown> | undefined;
  #checkedAt: number;

  constructor(place: LockPlace, number: number, token: string) {
    this.#place = place;
    this.#number = number;
    this.#token = token;
    this.#checkedAt = place.clock.now();
    this.#schedule();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    this.#timer?.dispose();
    this.#timer = undefined;
    await this.#beating;
    const holder = await read(this.#place, this.#number);
    if (!holder || !('token' in holder) || holder.token !== this.#token) return;
    await this.#place.folder.within(at => letGo(join(at, String(this.#number))));
  }

  /** Whether it is still ours. Looks again when the last look is older than a second, as after a sleep. */
  async holds(): Promise<boolean> {
    if (this.lost.aborted) return false;
    const now = this.#place.clock.now();
    if (Math.abs(now - this.#checkedAt) < FRESH_MS) return true;
    if ((await highest(this.#place)) > this.#number) this.#lost.abort();
    else this.#checkedAt = now;
    return !this.lost.aborted;
  }

  #schedule(): void {
    this.#timer = this.#place.clock.after(BEAT_MS, () => {
      const beating = this.#beat().catch(() => {});
      this.#beating = beating.then(() => {
        if (this.#timer && !this.lost.aborted) this.#schedule();
      });
    });
  }

  async #beat(): Promise<void> {
    if (!(await this.holds())) return;
    const now = this.#place.clock.now() / 1000;
    await this.#place.folder.within(at => lutimes(join(at, String(this.#number)), now, now));
  }
}
