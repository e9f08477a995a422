import assert from 'node:assert/strict';
import { FakeClock } from '../../support/fake-clock.ts';

describe('the fake clock', () => {
  it('fires timers in the order they fall due, and those they set in their turn', async () => {
    const clock = new FakeClock(1000);
    const fired: [string, number][] = [];
    clock.after(20, () => fired.push(['late', clock.now()]));
    clock.after(10, () => {
      fired.push(['early', clock.now()]);
      clock.after(5, () => fired.push(['nested', clock.now()]));
    });
    await clock.advance(18);
    assert.deepEqual(fired, [
      ['early', 1010],
      ['nested', 1015],
    ]);
    assert.equal(clock.now(), 1018);
    assert.equal(clock.pending, 1);
  });

  it('forgets a disposed timer', async () => {
    const clock = new FakeClock();
    let fired = false;
    clock
      .after(5, () => {
        fired = true;
      })
      .dispose();
    await clock.advance(50);
    assert.equal(fired, false);
  });

  it('jumps the wall clock without touching durations', async () => {
    const clock = new FakeClock(0);
    let firedAt = -1;
    clock.after(10, () => {
      firedAt = clock.monotonic();
    });
    clock.jump(-3_600_000);
    await clock.advance(10);
    assert.equal(firedAt, 10);
    assert.equal(clock.now(), -3_599_990);
  });

  it('lets time pass until a promise settles, and says when nothing could settle it', async () => {
    const clock = new FakeClock();
    const later = new Promise<string>(resolve => void clock.after(60_000, () => resolve('done')));
    assert.equal(await clock.until(later), 'done');
    await assert.rejects(clock.until(new Promise(() => {})), /nothing is due/);
  });
});
