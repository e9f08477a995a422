import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock whose owner has not touched it for this long is dead, wherever it ran. */
const staleMs = 60_000;
const heartbeatMs = 5_000;
const pollMs = 200;

interface Owner {
  pid: number;
  host: string;
}

export interface LockOptions {
  onWait?: () => void;
  signal?: AbortSignal;
}

/** Runs `work` while no other process does so under the same lock file; takes over from an owner that died. */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let waited = false;
  while (!(await tryCreate(file))) {
    options.signal?.throwIfAborted();
    if (await isStale(file)) {
      await removeStale(file);
      continue;
    }
    if (!waited) options.onWait?.();
    waited = true;
    await sleep(pollMs, undefined, options.signal ? { signal: options.signal } : {});
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  }
}

async function tryCreate(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    const owner: Owner = { pid: process.pid, host: hostname() };
    await handle.writeFile(JSON.stringify(owner));
    await handle.close();
    return true;
  } catch (error) {
    // Windows answers EPERM while another process is just deleting the file.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return false;
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > staleMs) return true;
    const owner = JSON.parse(await readFile(file, 'utf8')) as Owner;
    return owner.host === hostname() && !isAlive(owner.pid);
  } catch {
    // Gone, or its owner is just writing it: ask again.
    return false;
  }
}

/**
 * Two waiting processes may see the same dead owner. The second must not remove the lock that the first has taken
 * meanwhile, so removal happens under a lock of its own, after looking again.
 */
async function removeStale(file: string): Promise<void> {
  const breaker = `${file}.breaker`;
  if (!(await tryCreate(breaker))) {
    const { mtimeMs } = await stat(breaker).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > staleMs) await rm(breaker, { force: true });
    else await sleep(pollMs);
    return;
  }
  try {
    if (!(await isStale(file))) return;
    const aside = `${file}.${process.pid}.dead`;
    await rename(file, aside);
    await rm(aside, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
