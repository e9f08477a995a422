import assert from 'node:assert/strict';
import fc from 'fast-check';
import { resume, settlement } from '../../../src/core/session/resume.ts';
import { anyJournal } from '../../support/arbitrary-events.ts';
import { memoryJournal } from '../../support/memory-journal.ts';

const by = { pid: 7, host: 'terminal', version: '1' } as const;
const cut = 'The process ended before this did.';

describe('resuming', () => {
  it('books the whole reservation of a call without an outcome, once', async () => {
    let now = 100;
    const journal = memoryJournal(() => now);
    const call = { type: 'call-intent', agent: 'a1', turn: 1, attempt: 1 } as const;
    journal.append({ ...call, call: 'c1', model: 'vendor/large', reserved: 500 });
    now = 130;
    journal.append({ ...call, call: 'c2', model: 'local/tiny' });
    now = 900_000;
    await resume(journal, by);
    assert.deepEqual(
      journal.of('call-outcome').map(({ v, seq, at, ...event }) => event),
      [
        {
          type: 'call-outcome',
          call: 'c1',
          agent: 'a1',
          model: 'vendor/large',
          result: { ok: false, error: 'aborted', message: cut },
          ms: 30,
          cost: 500,
          costIsReservation: true,
        },
        {
          type: 'call-outcome',
          call: 'c2',
          agent: 'a1',
          model: 'local/tiny',
          result: { ok: false, error: 'aborted', message: cut },
          ms: 0,
        },
      ],
    );
    assert.equal(journal.state.tally.cost, 500);
    assert.equal(journal.state.tally.unknownUsage, 2);
    const { failed, stopped, ms } = journal.state.tally;
    assert.deepEqual([failed, stopped, ms], [0, 2, 0], 'that we ended is no failure of a provider');
    await resume(journal, by);
    assert.equal(journal.state.tally.cost, 500);
    assert.equal(journal.state.resumes, 2);
  });

  it('lets agents that were at work be interrupted, so that they can go on, and leaves the others as they are', async () => {
    const journal = memoryJournal();
    for (const agent of ['working', 'waiting', 'paused', 'done'])
      journal.append({ type: 'agent-started', agent, role: 'r', attempt: 1, route: [] });
    journal.append({ type: 'question-asked', ask: 'q', agent: 'waiting', text: '?' });
    journal.append({ type: 'agent-paused', agent: 'paused', by: 'user' });
    journal.append({ type: 'agent-ended', agent: 'done', outcome: 'completed', summary: '' });
    await resume(journal, by);
    assert.deepEqual(
      [...journal.state.agents.values()].map(a => [a.agent, a.status]),
      [
        ['working', 'interrupted'],
        ['waiting', 'interrupted'],
        ['paused', 'interrupted'],
        ['done', 'completed'],
      ],
    );
    assert.ok(journal.state.asks.has('q'), 'it is asked again under its id');
    journal.append({ type: 'agent-started', agent: 'waiting', role: 'r', attempt: 1, route: [] });
    assert.equal(journal.state.agents.get('waiting')?.status, 'waiting');
  });

  it('says of a check that was cut off that nothing is known, rather than that it failed', async () => {
    const journal = memoryJournal();
    const check = { run: 'npm test' };
    journal.append({ type: 'check-started', task: 't', id: 'k1', check });
    await resume(journal, by);
    assert.deepEqual(
      journal.of('check-ended').map(({ v, seq, at, ...event }) => event),
      [{ type: 'check-ended', task: 't', id: 'k1', check, ok: false, interrupted: true, ms: 0 }],
    );
  });

  it('leaves nothing to settle a second time, whatever had happened, and loses no money', () =>
    fc.assert(
      fc.asyncProperty(anyJournal(60), async events => {
        const journal = memoryJournal(() => 0, events);
        const { state } = journal;
        const reserved = [...state.openCalls.values()].reduce((sum, open) => sum + (open.intent.reserved ?? 0), 0);
        const cost = state.tally.cost + reserved;
        await resume(journal, by);
        assert.deepEqual(settlement(state), []);
        assert.equal(state.tally.cost, cost);
        const { calls, succeeded, failed, stopped } = state.tally;
        assert.equal(calls, succeeded + failed + stopped);
        assert.notEqual(state.status, 'ended');
      }),
    ));

  it('forgets what was asked for an agent that is gone, and its tools', () => {
    const journal = memoryJournal();
    journal.append({ type: 'agent-started', agent: 'a1', role: 'r', attempt: 1, route: [] });
    journal.append({ type: 'question-asked', ask: 'q', agent: 'a1', text: '?' });
    journal.append({ type: 'tool-intent', agent: 'a1', call: 'c', tool: 't', effect: 'read', args: {} });
    journal.append({ type: 'agent-ended', agent: 'a1', outcome: 'aborted', summary: '' });
    assert.equal(journal.state.asks.size, 0);
    assert.equal(journal.state.openTools.size, 0);
  });
});
