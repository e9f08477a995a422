import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../src/core/ports.ts';
import { FileDayLedger } from '../../../src/node/day-ledger.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const never = new AbortController().signal;
const DAY = 86_400_000;

/** The real time, moved by `shift`, so that file work and timers go together. */
function movable(): Clock & { shift: number } {
  const clock = {
    shift: 0,
    now: () => Date.now() + clock.shift,
    monotonic: () => performance.now(),
    after(ms: number, run: () => void) {
      const timer = setTimeout(run, ms);
      return { dispose: () => clearTimeout(timer) };
    },
  };
  return clock;
}

describe('the day ledger', () => {
  let folder = '';
  const open: FileDayLedger[] = [];
  const ledger = (limit: number | undefined, clock: Clock = movable(), alive?: (pid: number) => boolean) => {
    const made = new FileDayLedger({
      folder,
      clock,
      log: { write: (_, text, detail) => assert.fail(`${text} ${detail}`) },
      ...(limit !== undefined && { limit }),
      ...(alive && { alive }),
    });
    open.push(made);
    return made;
  };
  const spend = async (from: FileDayLedger, amount: number, cost = amount) => {
    assert.equal(await from.room(amount, never), 'granted');
    const hold = from.take(amount);
    assert.ok(hold);
    hold.settle(cost);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'day-'));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(one => one.close()));
    await rm(folder, { recursive: true, force: true });
  });

  it('lets nothing be taken that it has not made room for', async () => {
    const one = ledger(100);
    assert.equal(one.take(40), undefined);
    assert.equal(await one.room(40, never), 'granted');
    const hold = one.take(40);
    assert.ok(hold);
    assert.equal(one.take(1), undefined);
    hold.settle(10);
    assert.ok(one.take(30), 'what a call left over can be used at once');
  });

  it('remembers what was spent after a restart', async () => {
    const first = ledger(100);
    await spend(first, 60);
    await first.close();
    const second = ledger(100);
    await second.refresh();
    assert.equal(second.today().spent, 60);
    assert.equal(await second.room(41, never), 'spent');
    assert.equal(await second.room(40, never), 'granted');
  });

  it('holds over several windows at once: together they never get more than the limit', async () => {
    const windows = Array.from({ length: 4 }, () => ledger(1000));
    let held = 0;
    const agents = windows.flatMap(window =>
      Array.from({ length: 10 }, async () => {
        for (;;) {
          const how = await window.room(50, never);
          if (how !== 'granted') return how;
          const hold = window.take(50);
          if (!hold) continue;
          held += 50;
          assert.ok(held <= 1000, `${held}`);
          hold.settle(50);
        }
      }),
    );
    const ends = await Promise.all(agents);
    assert.ok(ends.every(end => end === 'spent'));
    assert.equal(held, 1000);
    await Promise.all(windows.map(window => window.close()));
    const after = ledger(1000);
    await after.refresh();
    assert.equal(after.today().spent, 1000);
  }).timeout(60_000);

  it('waits for what the calls of another window hold, and takes what they give back', async () => {
    const [one, two] = [ledger(100), ledger(100)];
    await one.room(80, never);
    const hold = one.take(80);
    const waiting = two.room(50, never);
    assert.equal(await Promise.race([waiting, new Promise(done => setTimeout(done, 100, 'waits'))]), 'waits');
    hold?.settle(10);
    assert.equal(await waiting, 'granted');
  }).timeout(60_000);

  it('stops waiting when asked to', async () => {
    const [one, two] = [ledger(100), ledger(100)];
    await one.room(80, never);
    one.take(80);
    const abort = new AbortController();
    const waiting = two.room(50, abort.signal);
    abort.abort();
    assert.equal(await waiting, 'aborted');
  });

  it('counts what a killed process held as spent', async () => {
    const script = `
      import { FileDayLedger } from ${JSON.stringify(new URL('../../../src/node/day-ledger.ts', import.meta.url).href)};
      const clock = { now: Date.now, monotonic: () => performance.now(), after: (ms, run) => { const t = setTimeout(run, ms); return { dispose: () => clearTimeout(t) }; } };
      const ledger = new FileDayLedger({ folder: process.argv[1], limit: 100, clock, log: { write() {} } });
      const never = new AbortController().signal;
      await ledger.room(20, never); ledger.take(20).settle(15);
      await ledger.room(30, never); ledger.take(30);
      console.log('holding');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const mine = ledger(100);
    await mine.refresh();
    assert.equal(mine.today().spent, 15, 'while it runs, only what it spent is spent');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await mine.refresh();
    assert.equal(mine.today().spent, 45);
    assert.equal(await mine.room(55, never), 'granted');
    assert.equal(await mine.room(56, never), 'spent');
  }).timeout(60_000);

  it('begins anew on the next calendar day, and finds the old one again when the clock is set back', async () => {
    const clock = movable();
    const one = ledger(100, clock);
    await spend(one, 70);
    clock.shift = DAY;
    assert.equal(one.today().spent, 0);
    await spend(one, 90);
    clock.shift = 0;
    await one.refresh();
    assert.equal(one.today().spent, 70);
    assert.equal(await one.room(31, never), 'spent');
  });

  it('says when another day has begun, and not before', async () => {
    const clock = new FakeClock(new Date(2026, 10, 21, 23, 50).getTime());
    const one = new FileDayLedger({ folder, clock, log: { write: () => {} } });
    let over = 0;
    one.whenOver(() => over++);
    const never = one.whenOver(() => over++);
    await clock.advance(9 * 60_000);
    assert.equal(over, 0);
    never.dispose();
    await clock.advance(10 * 60_000);
    assert.equal(over, 1);
    assert.equal(clock.pending, 0);
  });

  it('books a call on the day it was sent, however late it ends', async () => {
    const clock = movable();
    const one = ledger(100, clock);
    await one.room(50, never);
    const hold = one.take(50);
    clock.shift = DAY;
    hold?.settle(50);
    await one.close();
    const next = ledger(100, clock);
    await next.refresh();
    assert.equal(next.today().spent, 0);
    clock.shift = 0;
    await next.refresh();
    assert.equal(next.today().spent, 50);
  });

  it('does not lose its own account when others took it for dead', async () => {
    const clock = movable();
    const [one, two] = [ledger(100, clock), ledger(100, movable(), () => true)];
    await spend(one, 30);
    await one.refresh();
    const late = movable();
    late.shift = 3_600_000;
    if (new Date(late.now()).getDate() !== new Date().getDate()) late.shift = -3_600_000;
    const judge = ledger(100, late);
    await spend(judge, 1);
    await judge.close();
    await spend(one, 5);
    await one.close();
    await two.refresh();
    assert.equal(two.today().spent, 36);
  });

  it('counts without a limit too, so that one set later knows of it', async () => {
    const one = ledger(undefined);
    const hold = one.take(500);
    hold?.settle(400);
    assert.deepEqual([one.today().spent, one.today().limit], [400, undefined]);
    one.setLimit(450);
    assert.equal(await one.room(51, never), 'spent');
    assert.equal(await one.room(50, never), 'granted');
  });

  it('survives a newest version that was never finished', async () => {
    const one = ledger(100);
    await spend(one, 60);
    await one.close();
    const versions = (await readdir(folder)).flatMap(name => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
    await writeFile(join(folder, `${Math.max(...versions) + 1}.json`), '{"v":1,"da');
    const two = ledger(100);
    await two.refresh();
    assert.equal(two.today().spent, 60);
    await spend(two, 10);
    await two.close();
    assert.ok((await readdir(folder)).length <= 4, 'old versions do not pile up');
  });

  it('refuses rather than spend what it cannot write down', async () => {
    const errors: string[] = [];
    await writeFile(join(folder, 'file'), '');
    const one = new FileDayLedger({
      folder: join(folder, 'file'),
      limit: 100,
      clock: new FakeClock(),
      log: { write: level => errors.push(level) },
    });
    assert.equal(await one.room(10, never), 'spent');
    assert.deepEqual(errors, ['error']);
  });
});
