import assert from 'node:assert/strict';
import { openJournal } from '../../../src/core/session/journal.ts';
import { resume } from '../../../src/core/session/resume.ts';
import type { SessionState } from '../../../src/core/session/state.ts';
import { JOURNAL_VERSION, type JournalEvent } from '../../../src/protocol/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { longSession } from '../../support/long-session.ts';
import { Disk, MemoryStore } from '../../support/memory-store.ts';

const log = { write: () => undefined };
const ANSWERS: ReadonlySet<string> = new Set(['call-outcome', 'permission-answered', 'question-answered']);

/** The session as it was written before outcomes and answers said whose they are. */
function oldLines(): object[] {
  const asks = [
    { type: 'agent-started', agent: 'w-9', role: 'worker', task: 'task-1', attempt: 1, route: [] },
    { type: 'call-intent', call: 'k', agent: 'w-9', task: 'task-1', turn: 1, attempt: 1, model: 'openai/big' },
    { type: 'call-outcome', call: 'k', result: { ok: true, stop: 'end' }, ms: 12, cost: 70 },
    { type: 'question-asked', ask: 'q', agent: 'w-9', text: 'Which?' },
    { type: 'question-answered', ask: 'q', text: 'This', by: 'user' },
    { type: 'permission-asked', ask: 'p', agent: 'w-9', kind: 'command', what: 'make', rule: 'unknown' },
    { type: 'permission-answered', ask: 'p', decision: 'deny', scope: 'once', by: 'user' },
  ];
  return [...longSession(400), ...asks];
}

async function opened(lines: readonly object[]) {
  const disk = new Disk();
  const text = lines.map(
    (event, i) => `${JSON.stringify({ v: JOURNAL_VERSION, seq: i + 1, at: 1000 + i, ...event })}\n`,
  );
  disk.journal = new TextEncoder().encode(text.join(''));
  const events: JournalEvent[] = [];
  const journal = await openJournal(new MemoryStore(disk), {
    clock: new FakeClock(),
    log,
    redact: text => text,
    replay: event => void events.push(structuredClone(event)),
  });
  return { journal, events, disk };
}

describe('a journal from before outcomes and answers said whose they are', () => {
  it('is read with all of them filled in', async () => {
    const { events } = await opened(oldLines());
    const answers = events.filter(({ type }) => ANSWERS.has(type));
    assert.ok(answers.length > 20);
    assert.deepEqual(
      answers.filter(event => !('agent' in event && event.agent)),
      [],
    );
    const of = (type: string) => answers.findLast(event => event.type === type);
    const last = of('call-outcome');
    assert.deepEqual(last?.type === 'call-outcome' && [last.agent, last.task, last.model], [
      'w-9',
      'task-1',
      'openai/big',
    ]);
    for (const answer of [of('permission-answered'), of('question-answered')])
      assert.partialDeepStrictEqual(answer, { agent: 'w-9', task: 'task-1' });
  });

  it('opens, resumes and replays to the same state as one of today', async () => {
    const old = oldLines();
    const { events } = await opened(old);
    const [before, now] = await Promise.all([opened(old), opened(events)]);
    const states: SessionState[] = [];
    for (const { journal } of [before, now]) {
      await resume(journal, { pid: 1, host: 'terminal', version: '1' });
      states.push(structuredClone(journal.state));
    }
    assert.deepEqual(states[0], states[1]);
    // And what this run wrote says it itself.
    const lines = before.disk.lines().map(line => JSON.parse(line) as JournalEvent);
    const written = lines.slice(old.length).filter(({ type }) => ANSWERS.has(type));
    assert.ok(written.every(event => 'agent' in event && event.agent));
    const again = await opened(before.disk.lines().map(line => JSON.parse(line)));
    assert.deepEqual(structuredClone(again.journal.state), states[0]);
  });
});
