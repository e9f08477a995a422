import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JournalDamaged, type JournalOptions, openJournal } from '../../../src/core/session/journal.ts';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import { type SessionStore, StoreError } from '../../../src/core/session/store.ts';
import type { Event, JournalEvent } from '../../../src/protocol/events.ts';
import { anyEvent, anyJournal } from '../../support/arbitrary-events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk, MemoryStore } from '../../support/memory-store.ts';

const quiet = { write: () => {} };
const open = (store: SessionStore, options: Partial<JournalOptions> = {}) =>
  openJournal(store, { clock: new FakeClock(), redact: text => text, log: quiet, ...options });
const note = (text: string): Event => ({ type: 'notice', level: 'info', text });
const folded = (events: JournalEvent[]) => {
  const state = initialState();
  for (const event of events) reduce(state, event);
  return state;
};
const written = (events: JournalEvent[]) => Buffer.from(events.map(event => `${JSON.stringify(event)}\n`).join(''));

describe('the journal', () => {
  it('lets state and listeners see an event before append returns, and numbers from 1', async () => {
    const journal = await open(new MemoryStore());
    const heard: number[] = [];
    journal.subscribe(event => heard.push(event.seq, journal.state.seq));
    assert.equal(journal.append(note('one')).seq, 1);
    assert.equal(journal.append(note('two')).seq, 2);
    assert.deepEqual(heard, [1, 1, 2, 2]);
    await journal.close();
  });

  it('tells listeners in order although one of them appends', async () => {
    const journal = await open(new MemoryStore());
    const heard: string[] = [];
    const text = (event: JournalEvent) => (event.type === 'notice' ? event.text : '');
    journal.subscribe(event => {
      if (text(event) === 'question') journal.append(note('answer'));
    });
    journal.subscribe(event => heard.push(text(event)));
    journal.append(note('question'));
    assert.deepEqual(heard, ['question', 'answer']);
    await journal.close();
  });

  it('goes on when a listener throws, and stops calling one that was disposed', async () => {
    const journal = await open(new MemoryStore());
    const heard: string[] = [];
    journal.subscribe(() => {
      throw new Error('view broke');
    });
    const second = journal.subscribe(() => heard.push('second'));
    journal.append(note('1'));
    second.dispose();
    journal.append(note('2'));
    assert.deepEqual(heard, ['second']);
    await journal.close();
  });

  it('has an appended event on disk within 50 ms, without being asked', async () => {
    const [clock, store] = [new FakeClock(), new MemoryStore()];
    const journal = await open(store, { clock });
    journal.append(note('soon'));
    await clock.advance(49);
    assert.equal(store.disk.lines().length, 0);
    await clock.advance(1);
    assert.equal(store.disk.lines().length, 1);
    assert.equal(clock.pending, 0);
  });

  it('resolves a commit only when its event and all before it are on disk', async () => {
    const store = new MemoryStore();
    const journal = await open(store);
    journal.append(note('before'));
    await journal.commit(note('intent'));
    assert.equal(store.disk.lines().length, 2);
  });

  it('lets any number of commits share one flush, while another is under way too', async () => {
    const store = new MemoryStore();
    const journal = await open(store);
    const first = Promise.all(Array.from({ length: 50 }, (_, i) => journal.commit(note(`a${i}`))));
    await Promise.resolve();
    await Promise.resolve();
    const second = Promise.all(Array.from({ length: 50 }, (_, i) => journal.commit(note(`b${i}`))));
    await Promise.all([first, second]);
    assert.equal(store.operations.filter(operation => operation === 'append').length, 2);
    assert.equal(store.disk.lines().length, 100);
  });

  it('comes back with the same state and events, whatever was appended', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEvent, { maxLength: 40 }),
        fc.integer({ min: 1, max: 700 }),
        async (events, chunk) => {
          const disk = new Disk();
          const journal = await open(new MemoryStore(disk));
          const appended = events.map(event => journal.append(event));
          await journal.close();
          const replayed: JournalEvent[] = [];
          const again = await open(new MemoryStore(disk, chunk), { replay: event => replayed.push(event) });
          assert.deepEqual(again.state, journal.state);
          assert.deepEqual(replayed, appended);
        },
      ),
    );
  });

  it('cut off at any byte, is what it was up to the last whole line, says what it cut, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(anyJournal(12), fc.double({ min: 0, max: 1, noNaN: true }), async (events, where) => {
        const disk = new Disk();
        const all = written(events);
        disk.journal = all.subarray(0, Math.round(all.length * where));
        const whole = disk.lines().length;
        const torn = disk.journal.length - (disk.journal.lastIndexOf(10) + 1);
        const replayed: JournalEvent[] = [];
        const journal = await open(new MemoryStore(disk), { replay: event => replayed.push(event) });
        assert.deepEqual(folded(replayed), folded(events.slice(0, whole)));
        await journal.commit(note('goes on'));
        const last = disk.lines().map(line => JSON.parse(line));
        assert.deepEqual(
          last.slice(whole).map(event => [event.seq, event.code]),
          torn > 0
            ? [
                [whole + 1, 'torn-line'],
                [whole + 2, undefined],
              ]
            : [[whole + 1, undefined]],
        );
        const again = await open(new MemoryStore(disk));
        assert.deepEqual(again.state, journal.state);
      }),
    );
  });

  it('names the damaged line, changes nothing, and reads all others when told to go on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom('{"v":1,', 'ÿ', '[]', '"x"', '{}'),
        async (at, bad) => {
          const disk = new Disk();
          const journal = await open(new MemoryStore(disk));
          for (let i = 0; i < 9; i++) journal.append(note(`note ${i}`));
          await journal.close();
          const lines = disk.lines();
          lines[at] = bad;
          // latin1: the second case is no UTF-8.
          const damaged = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
          disk.journal = damaged;
          await assert.rejects(open(new MemoryStore(disk)), (error: unknown) => {
            assert.ok(error instanceof JournalDamaged);
            assert.deepEqual(
              error.damage.map(damage => damage.line),
              [at + 1],
            );
            return true;
          });
          assert.deepEqual(disk.journal, damaged);
          const replayed: JournalEvent[] = [];
          const again = await open(new MemoryStore(disk), {
            despiteDamage: true,
            replay: event => replayed.push(event),
          });
          assert.deepEqual(
            replayed.map(event => event.seq),
            [1, 2, 3, 4, 5, 6, 7, 8, 9].filter(seq => seq !== at + 1),
          );
          assert.equal(again.append(note('on')).seq, at === 8 ? 10 : 11);
          assert.equal(again.state.notices.filter(notice => notice.code === 'damaged-line').length, 1);
          await again.close();
        },
      ),
    );
  });

  it('finds a line that was taken out and one that was put in twice', async () => {
    for (const [change, line] of [
      [(lines: string[]) => lines.toSpliced(1, 1), 2],
      [(lines: string[]) => lines.toSpliced(1, 0, lines[0] as string), 2],
    ] as const) {
      const disk = new Disk();
      const journal = await open(new MemoryStore(disk));
      for (let i = 0; i < 4; i++) journal.append(note(`note ${i}`));
      await journal.close();
      disk.journal = Buffer.from(`${change(disk.lines()).join('\n')}\n`);
      await assert.rejects(open(new MemoryStore(disk)), (error: unknown) => {
        assert.ok(error instanceof JournalDamaged);
        assert.deepEqual(
          error.damage.map(damage => [damage.line, damage.kind]),
          [[line, 'out-of-order']],
        );
        return true;
      });
    }
  });

  it('keeps and passes over events of unknown types and newer versions, and numbers on behind them', async () => {
    const disk = new Disk();
    const lines = [
      '{"v":1,"seq":1,"at":5,"type":"notice","level":"info","text":"known","colour":"from a newer minor version"}',
      '{"v":1,"seq":2,"at":6,"type":"dream-dreamt","of":"sheep"}',
      '{"v":2,"seq":3,"at":7,"type":"notice","means":"something else by now"}',
    ];
    disk.journal = Buffer.from(`${lines.join('\n')}\n`);
    const journal = await open(new MemoryStore(disk));
    assert.equal(journal.passedOver, 2);
    assert.equal(journal.state.noticeCount, 1);
    assert.equal((await journal.commit(note('mine'))).seq, 4);
    assert.deepEqual(disk.lines().slice(0, 3), lines);
  });

  it('takes secrets out before state, listeners or disk see them', async () => {
    const disk = new Disk();
    const journal = await open(new MemoryStore(disk), { redact: text => text.replaceAll('s3cret', '[redacted]') });
    const heard: string[] = [];
    journal.subscribe(event => heard.push(JSON.stringify(event)));
    journal.append({ type: 'tool-intent', agent: 'a', call: 'c', tool: 't', effect: 'read', args: { key: 's3cret' } });
    await journal.commit(note('with s3cret'));
    const hash = await journal.putText('transcript with s3cret');
    const long = await journal.longText(`${'x'.repeat(9000)} s3cret`);
    const all = [
      ...heard,
      ...disk.lines(),
      ...[...disk.blobs.values()].map(blob => Buffer.from(blob).toString()),
      JSON.stringify([...journal.state.openTools.values(), journal.state.notices, long]),
    ].join('\n');
    assert.ok(!all.includes('s3cret'));
    assert.equal(Buffer.from(disk.blobs.get(hash) ?? []).toString(), 'transcript with [redacted]');
  });

  it('keeps bytes that are a file exactly as they are', async () => {
    const journal = await open(new MemoryStore(), { redact: () => '' });
    const hash = await journal.putBlob(Buffer.from('s3cret'));
    assert.equal(Buffer.from((await journal.getBlob(hash)) ?? []).toString(), 's3cret');
  });

  it('keeps short text inline and the beginning of long text, never half a character', async () => {
    const journal = await open(new MemoryStore());
    assert.deepEqual(await journal.longText('short'), { text: 'short' });
    const long = `${'x'.repeat(2047)}${'🚀'.repeat(3000)}`;
    const kept = await journal.longText(long);
    assert.equal(kept.text, 'x'.repeat(2047));
    assert.equal(kept.bytes, 2047 + 4 * 3000);
    assert.equal(Buffer.from((await journal.getBlob(kept.blob ?? '')) ?? []).toString(), long);
  });

  it('stops with a typed failure when the disk is full; what was flushed is there when there is room again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1200 }), async room => {
        const disk = new Disk();
        disk.room = room;
        const journal = await open(new MemoryStore(disk));
        let committed = 0;
        const failed = await (async () => {
          for (; committed < 20; committed++) await journal.commit(note(`note ${committed}`));
        })().then(
          () => undefined,
          (error: unknown) => error,
        );
        assert.ok(failed instanceof StoreError && failed.reason === 'full');
        assert.equal(journal.failure.reason, failed);
        const seq = journal.state.seq;
        assert.equal(journal.append(note('winding down')).seq, seq + 1);
        assert.equal(journal.state.seq, seq + 1);
        await assert.rejects(journal.commit(note('a side effect')), failed);
        await assert.rejects(journal.flush(), failed);
        await journal.close();
        disk.room = Number.POSITIVE_INFINITY;
        const again = await open(new MemoryStore(disk));
        const kept = again.state.notices.filter(notice => notice.code === undefined).map(notice => notice.text);
        assert.deepEqual(
          kept,
          Array.from({ length: committed }, (_, i) => `note ${i}`),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('stops when a blob cannot be kept, and still writes what came before it', async () => {
    for (const keep of ['putBlob', 'putText', 'longText'] as const) {
      const store = new MemoryStore();
      const clock = new FakeClock();
      const journal = await open(store, { clock });
      const full = new StoreError('full', 'no space left on device');
      store.before = operation => {
        if (operation === 'put-blob') throw full;
      };
      journal.append(note('before'));
      const text = 'x'.repeat(10_000);
      await assert.rejects(keep === 'putBlob' ? journal.putBlob(Buffer.from(text)) : journal[keep](text), full);
      assert.equal(journal.failure.reason, full);
      journal.append(note('winding down'));
      await assert.rejects(journal.commit(note('a side effect')), full);
      store.before = () => {};
      await assert.rejects(journal.putBlob(Buffer.from('small enough')), full);
      await journal.close();
      assert.deepEqual(
        store.disk.lines().map(line => JSON.parse(line).text),
        ['before'],
      );
      assert.equal(clock.pending, 0);
    }
  });

  it('lets no commit through that a blob failed beside', async () => {
    const store = new MemoryStore();
    const journal = await open(store);
    const full = new StoreError('full', 'no space left on device');
    store.before = operation => {
      if (operation === 'put-blob') throw full;
    };
    const [intent, blob] = await Promise.allSettled([
      journal.commit(note('an intent')),
      journal.putBlob(Buffer.from('its content')),
    ]);
    assert.equal(intent.status === 'rejected' && intent.reason, full);
    assert.equal(blob.status === 'rejected' && blob.reason, full);
    await journal.close();
  });

  it('rejects every commit that shares a flush that failed', async () => {
    const store = new MemoryStore();
    const journal = await open(store);
    store.before = operation => {
      if (operation === 'append') throw new StoreError('read-only', 'read-only file system');
    };
    const results = await Promise.allSettled([1, 2, 3].map(i => journal.commit(note(`${i}`))));
    assert.deepEqual(
      results.map(result => result.status === 'rejected' && result.reason.reason),
      ['read-only', 'read-only', 'read-only'],
    );
  });
});
