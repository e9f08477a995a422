import assert from 'node:assert/strict';
import { openJournal } from '../../../src/core/session/journal.ts';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import type { SessionState } from '../../../src/core/session/state.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { longSession } from '../../support/long-session.ts';
import { Disk, MemoryStore } from '../../support/memory-store.ts';

class CountingMap extends Map<unknown, unknown> {
  static steps = 0;
  override get(key: unknown) {
    CountingMap.steps++;
    return super.get(key);
  }
  override set(key: unknown, value: unknown) {
    CountingMap.steps++;
    return super.set(key, value);
  }
  override *entries() {
    for (const entry of super.entries()) {
      CountingMap.steps++;
      yield entry;
    }
    return undefined;
  }
  override [Symbol.iterator]() {
    return this.entries();
  }
  override *values() {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }
}

/** A state that counts how often something in its collections is touched. */
function counting(): SessionState {
  const watched = (list: unknown[]) =>
    new Proxy(list, {
      get(target, key) {
        CountingMap.steps++;
        return Reflect.get(target, key);
      },
    });
  const state = Object.entries(initialState()).map(([key, value]) => {
    if (value instanceof Map) return [key, new CountingMap()];
    return [key, Array.isArray(value) ? watched(value) : value];
  });
  return Object.fromEntries(state);
}

describe('a long session', function () {
  this.timeout(60_000);

  it('costs each event the same, however many came before', () => {
    const steps = (length: number) => {
      CountingMap.steps = 0;
      const state = counting();
      let seq = 0;
      for (const event of longSession(length)) reduce(state, { v: 1, seq: ++seq, at: seq, ...event });
      return CountingMap.steps;
    };
    const [short, long] = [steps(5000), steps(50_000)];
    assert.ok(short > 5000, `${short} steps were seen`);
    assert.ok(long < 10.5 * short, `${long} steps for ten times the events of ${short}`);
  });

  it('is read back by touching every byte once, in pieces', async () => {
    const disk = new Disk();
    const options = { clock: new FakeClock(), redact: (text: string) => text, log: { write: () => {} } };
    const journal = await openJournal(new MemoryStore(disk), options);
    for (const event of longSession(100_000)) journal.append(event);
    await journal.close();
    let read = 0;
    let largest = 0;
    const store = new MemoryStore(disk);
    const { readJournal } = store;
    store.readJournal = async function* (from) {
      for await (const bytes of readJournal.call(store, from)) {
        read += bytes.length;
        largest = Math.max(largest, bytes.length);
        yield bytes;
      }
    };
    let replayed = 0;
    const again = await openJournal(store, { ...options, replay: () => replayed++ });
    assert.equal(replayed, 100_000);
    assert.equal(read, disk.journal.length);
    assert.ok(largest <= 64 * 1024);
    assert.equal(again.state.seq, 100_000);
    assert.deepEqual(again.state.tally, journal.state.tally);
  });
});
