import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../../scripts/host/lock.ts';

/** Larger than any process id a system gives out. */
const deadPid = 2 ** 30;

describe('the lock between processes', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestrate-lock-'));
    file = join(folder, 'a.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lets one at a time in', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise(resolve => setTimeout(resolve, 20));
      inside--;
    };
    await Promise.all(Array.from({ length: 4 }, () => withLock(file, work)));
    assert.equal(most, 1);
    assert.deepEqual(await readdir(folder), []);
  });

  it('is free again after the work has failed', async () => {
    const failing = withLock(file, () => Promise.reject(new Error('no')));
    await assert.rejects(failing, /no/);
    assert.equal(existsSync(file), false);
  });

  it('is taken over from a process that is dead, by one of those that wait', async () => {
    await writeFile(file, JSON.stringify({ pid: deadPid, host: hostname() }));
    let inside = 0;
    const work = async () => assert.equal(++inside, 1);
    await Promise.all(Array.from({ length: 4 }, () => withLock(file, () => work().finally(() => inside--))));
    assert.deepEqual(await readdir(folder), []);
  });

  it('is taken over from another machine only when its heartbeat is old', async () => {
    await writeFile(file, JSON.stringify({ pid: deadPid, host: 'elsewhere' }));
    const impatient = withLock(file, async () => 'in', { signal: AbortSignal.timeout(500) });
    await assert.rejects(impatient, { name: /AbortError|TimeoutError/ });
    const old = new Date(Date.now() - 120_000);
    await utimes(file, old, old);
    assert.equal(await withLock(file, async () => 'in'), 'in');
  });
});
