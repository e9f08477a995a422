import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Clock } from '../../../src/core/ports.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { OwnFolder } from '../../../src/node/own-folder.ts';
import type { Life, ProcessIdentity } from '../../../src/node/session/identity.ts';
import { type HeldLock, type LockPlace, lockOwner, takeLock } from '../../../src/node/session/lock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';

/** Time that runs ten times as fast. */
const fast: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * 10,
  after: (ms, run) => systemClock.after(ms / 10, run),
};

function processes(folder: string, clock: Clock, life: (pid: number) => Life): (pid: number) => LockPlace {
  return pid => ({
    folder: new OwnFolder(folder),
    clock,
    me: async (): Promise<ProcessIdentity> => ({ pid, machine: 'm', started: String(pid) }),
    lifeOf: async other => life(other.pid),
  });
}

const take = async (place: LockPlace): Promise<HeldLock> => {
  const taken = await takeLock(place, 'terminal');
  assert.ok(taken.ok);
  return taken.lock;
};

describe('the lock of a session', function () {
  this.timeout(60_000);

  it('never has two living owners, however processes race, release and die', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ ends: fc.constantFrom('release', 'die'), waits: fc.nat(3) }), {
          minLength: 2,
          maxLength: 12,
        }),
        plans =>
          inTemporaryFolder(async folder => {
            const dead = new Set<number>();
            const life = (pid: number): Life => (dead.has(pid) ? 'gone' : 'alive');
            /** The timers of a process die with it. */
            const clockOf = (pid: number): Clock => ({
              ...fast,
              after: (ms, run) => fast.after(ms, () => void (dead.has(pid) || run())),
            });
            const place = (pid: number) => processes(folder, clockOf(pid), life)(pid);
            const owners = new Set<number>();
            let taken = 0;
            await Promise.all(
              plans.map(async ({ ends, waits }, index) => {
                const pid = index + 1;
                for (;;) {
                  const result = await takeLock(place(pid), 'terminal');
                  if (!result.ok) {
                    assert.ok(!dead.has(result.owner.pid) || owners.size <= 1);
                    await new Promise(resolve => setImmediate(resolve));
                    continue;
                  }
                  owners.add(pid);
                  assert.deepEqual([...owners], [pid]);
                  for (let i = 0; i < waits; i++) await new Promise(resolve => setImmediate(resolve));
                  assert.ok(await result.lock.holds());
                  owners.delete(pid);
                  if (ends === 'die') dead.add(pid);
                  else await result.lock.release();
                  taken++;
                  return;
                }
              }),
            );
            assert.equal(taken, plans.length);
          }),
      ),
      { numRuns: 25 },
    ));

  it('has one owner at a time among real processes, of which each dies holding it', () =>
    inTemporaryFolder(async folder => {
      const children = [1, 2, 3].map(() =>
        spawn(process.execPath, [join(import.meta.dirname, 'child', 'race-for-lock.ts'), folder, '20'], {
          stdio: ['ignore', 'ignore', 'inherit'],
        }),
      );
      try {
        const codes = await Promise.all(children.map(async one => (await once(one, 'exit'))[0]));
        assert.deepEqual(codes, [0, 0, 0]);
      } finally {
        for (const one of children) one.kill('SIGKILL');
      }
    }));

  it('stays with an owner that lives, even when it has not been heard of for long', () =>
    inTemporaryFolder(async folder => {
      const clock = new FakeClock();
      const place = processes(folder, clock, () => 'alive');
      await take(place(1));
      clock.jump(3_600_000);
      const second = await takeLock(place(2), 'editor');
      assert.ok(!second.ok);
      assert.deepEqual([second.owner.pid, second.owner.host], [1, 'terminal']);
    }));

  it('stays with an owner of whom nothing is known while its heart beats', () =>
    inTemporaryFolder(async folder => {
      const place = processes(folder, fast, () => 'unknown');
      const lock = await take(place(1));
      const second = await takeLock(place(2), 'terminal');
      assert.ok(!second.ok);
      await lock.release();
      await (await take(place(2))).release();
    }));

  it('goes to another when nothing is known of its owner and no beat comes; the owner learns that it lost', () =>
    inTemporaryFolder(async folder => {
      const still = new FakeClock();
      const first = await take(processes(folder, still, () => 'unknown')(1));
      const second = await take(processes(folder, fast, () => 'unknown')(2));
      assert.ok(await first.holds(), 'it has just looked');
      still.jump(1500);
      assert.equal(await first.holds(), false);
      assert.ok(first.lost.aborted);
      await first.release();
      assert.ok(await second.holds());
      assert.equal((await lockOwner(processes(folder, fast, () => 'alive')(3)))?.pid, 2);
      await second.release();
      assert.equal(await lockOwner(processes(folder, fast, () => 'alive')(3)), undefined);
    }));

  it('goes to another when its owner died before it had written its name', () =>
    inTemporaryFolder(async folder => {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, '3'), '');
      const lock = await take(processes(folder, fast, () => 'alive')(1));
      assert.ok(await lock.holds());
      await lock.release();
    }));
});
