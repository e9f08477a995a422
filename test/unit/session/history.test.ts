import assert from 'node:assert/strict';
import fc from 'fast-check';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { anyJournal } from '../../support/arbitrary-events.ts';

/** The history of events that come a second apart, beginning at 0. */
function historyOf(...events: Event[]) {
  const state = initialState();
  events.forEach((event, index) => {
    reduce(state, { v: 1, seq: index + 1, at: index * 1000, ...event });
  });
  return state.history;
}

const started: Event = { type: 'agent-started', agent: 'a', role: 'backend', attempt: 1, route: ['x/one', 'y/two'] };
const call = (id: string, model: string): Event => ({
  type: 'call-intent',
  call: id,
  agent: 'a',
  turn: 1,
  attempt: 1,
  model,
});
const outcome = (id: string): Event => ({
  type: 'call-outcome',
  call: id,
  result: { ok: true, stop: 'end' },
  usage: { input: 10, output: 5 },
  cost: 7,
  ms: 900,
  firstTokenMs: 200,
});
const resumed: Event = { type: 'session-resumed', pid: 1, host: 'terminal', version: '1' };

describe('the history of a session', () => {
  it('begins a new span where an agent changes its model or its status, and ends the last with the agent', () => {
    const history = historyOf(
      started,
      call('1', 'x/one'),
      { type: 'failover', agent: 'a', from: 'x/one', to: 'y/two', error: 'quota', reason: 'no credit' },
      { type: 'question-asked', ask: 'q', agent: 'a', text: 'which?' },
      { type: 'question-answered', ask: 'q', text: 'this', by: 'user' },
      { type: 'agent-ended', agent: 'a', outcome: 'completed', summary: 'done' },
    );
    assert.deepEqual(history.lanes.get('a'), {
      count: 4,
      spans: [
        { n: 1, from: 0, to: 2000, status: 'running', model: 'x/one' },
        { n: 2, from: 2000, to: 3000, status: 'running', model: 'y/two' },
        { n: 3, from: 3000, to: 4000, status: 'waiting', model: 'y/two' },
        { n: 4, from: 4000, to: 5000, status: 'running', model: 'y/two' },
      ],
    });
    assert.deepEqual(history.marks, [
      { kind: 'failover', agent: 'a', from: 'x/one', to: 'y/two', text: 'no credit', n: 1, at: 2000 },
    ]);
  });

  it('marks each turn of the lead, with what it did and why', () => {
    const acted = (turn: number, did: string[], text: string): Event => ({
      type: 'lead-acted',
      agent: 'lead',
      turn,
      did,
      text,
    });
    const { marks } = historyOf(
      acted(1, [], 'Nothing has to change.'),
      acted(2, ['dropped task x', 'opened task y'], 'Nobody can do x.'),
    );
    assert.deepEqual(marks, [
      { kind: 'lead', agent: 'lead', text: 'Nothing has to change.', n: 1, at: 0 },
      { kind: 'lead', agent: 'lead', text: 'dropped task x; opened task y. Nobody can do x.', n: 2, at: 1000 },
    ]);
  });

  it('leaves out the time between a run that was cut off and the next', () => {
    const history = historyOf(started, call('1', 'x/one'), resumed, call('2', 'x/one'));
    assert.deepEqual(
      history.lanes.get('a')?.spans.map(({ from, to }) => [from, to]),
      [
        [0, 1000],
        [3000, undefined],
      ],
    );
  });

  it('counts what was spent and how long a provider took', () => {
    const history = historyOf(started, call('1', 'x/one'), outcome('1'), call('2', 'x/one'), outcome('2'));
    assert.deepEqual(history.spending.points, [
      { at: 2000, by: { x: { cost: 7, tokens: 15 } } },
      { at: 4000, by: { x: { cost: 14, tokens: 30 } } },
    ]);
    assert.deepEqual(history.latencies.get('x'), [
      { ms: 900, ok: true, firstTokenMs: 200 },
      { ms: 900, ok: true, firstTokenMs: 200 },
    ]);
  });

  it('stays small however long the session is, and the curve keeps its beginning and its end', () => {
    const calls = Array.from({ length: 2000 }, (_, i) => [call(`${i}`, i % 2 ? 'x/one' : 'y/two'), outcome(`${i}`)]);
    const failed: Event = {
      type: 'attempt-discarded',
      call: '1',
      agent: 'a',
      model: 'x/one',
      error: 'retryable',
      characters: 1,
    };
    const history = historyOf(started, ...calls.flat(), ...Array.from({ length: 2000 }, () => failed));
    const { points } = history.spending;
    assert.ok(points.length <= 121, `${points.length} points`);
    assert.deepEqual(points[0]?.by, { y: { cost: 7, tokens: 15 } });
    assert.equal(points.at(-1)?.by.x?.cost, 7000);
    assert.equal(points.at(-1)?.by.y?.cost, 7000);
    assert.equal(history.marks.length, 1000);
    assert.equal(history.markCount, 2000);
    assert.equal(history.lanes.get('a')?.spans.length, 200);
    assert.equal(history.latencies.get('x')?.length, 40);
  });

  it('has no span that ends before it begins, and only the last of a lane open, whatever happens', () => {
    fc.assert(
      fc.property(anyJournal(80), events => {
        const state = initialState();
        for (const event of events) reduce(state, event);
        for (const { spans } of state.history.lanes.values()) {
          spans.forEach((span, index) => {
            if (span.to === undefined) assert.equal(index, spans.length - 1);
            else assert.ok(span.to >= span.from);
          });
        }
      }),
    );
  });
});
