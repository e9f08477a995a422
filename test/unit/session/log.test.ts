import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { keepLog } from '../../../src/core/session/log/keep-log.ts';
import { renderLog } from '../../../src/core/session/log/render.ts';
import { Timeline } from '../../../src/core/session/log/timeline.ts';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import { StoreError } from '../../../src/core/session/store.ts';
import type { Event, JournalEvent } from '../../../src/protocol/events.ts';
import { anyJournal } from '../../support/arbitrary-events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { matchesGolden } from '../../support/golden.ts';
import { longSession } from '../../support/long-session.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { todoSession, todoSessionRunning } from '../../support/todo-session.ts';

const golden = (name: string) => join(import.meta.dirname, 'golden', name);

function logOf(events: Iterable<JournalEvent>): string {
  const state = initialState();
  const timeline = new Timeline();
  for (const event of events) {
    reduce(state, event);
    timeline.apply(event, state);
  }
  return renderLog(state, timeline);
}

function* numbered(events: Iterable<Event>): Generator<JournalEvent> {
  let seq = 0;
  for (const event of events) yield { v: 1, seq: ++seq, at: seq * 10, ...event };
}

const quiet = { write: () => {} };
const note: Event = { type: 'notice', level: 'warning', text: 'something' };

describe('log.md', () => {
  it('tells a running session in the shape of the session log', () =>
    matchesGolden(logOf(todoSessionRunning), golden('log-running.md')));

  it('tells a session that has ended', () => matchesGolden(logOf(todoSession), golden('log.md')));

  it('tells an empty session', () => matchesGolden(logOf([]), golden('log-empty.md')));

  it('can be written at any moment of any session', () => {
    fc.assert(
      fc.property(anyJournal(60), events => {
        const log = logOf(events);
        assert.ok(!/undefined|NaN|\[object/.test(log), log);
      }),
    );
  });

  it('stays the same size however long the session is', () => {
    const short = logOf(numbered(longSession(20_000))).length;
    const long = logOf(numbered(longSession(60_000))).length;
    assert.ok(long < 1.1 * short, `${long} characters after ${short}`);
  });

  it('is written about once a second while something happens, and a last time at the end', async () => {
    const clock = new FakeClock();
    const [journal, store] = [memoryJournal(() => clock.now()), new MemoryStore()];
    const kept = keepLog(journal, new Timeline(), store, { clock, log: quiet });
    const writes = () => store.operations.length;
    for (let i = 0; i < 50; i++) {
      journal.append(note);
      await clock.advance(100);
    }
    assert.ok(writes() >= 4 && writes() <= 5, `${writes()} writes in five seconds`);
    await clock.advance(60_000);
    const before = writes();
    await clock.advance(60_000);
    assert.equal(writes(), before, 'nothing is written when nothing happens');
    journal.append({ type: 'session-ended', outcome: 'completed', reason: 'all done' });
    await kept.stop();
    assert.match(store.disk.texts.get('log.md') ?? '', /Completed: all done/);
    assert.equal(clock.pending, 0);
    journal.append(note);
    await clock.advance(5000);
    assert.equal(writes(), before + 1);
  });

  it('does not stop the session when it cannot be written', async () => {
    const clock = new FakeClock();
    const [journal, store] = [memoryJournal(), new MemoryStore()];
    const said: string[] = [];
    const log = { write: (_: string, text: string) => said.push(text) };
    store.before = () => {
      throw new StoreError('full', 'no space');
    };
    const kept = keepLog(journal, new Timeline(), store, { clock, log });
    for (let i = 0; i < 3; i++) {
      journal.append(note);
      await clock.advance(2000);
    }
    await kept.stop();
    assert.deepEqual(said, ['log.md could not be written']);
  });
});
