import assert from 'node:assert/strict';
import { type Standing, standing } from '../../../src/core/session/standing.ts';
import { agentRow } from '../../../src/dashboard/rows/work.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { memoryJournal } from '../../support/memory-journal.ts';

/** A session of two agents, of which the first waits for an answer of its model. */
function team() {
  const journal = memoryJournal();
  const say = (...events: Event[]) => {
    for (const event of events) journal.append(event);
  };
  for (const agent of ['a', 'b']) say({ type: 'agent-started', agent, role: 'backend', attempt: 1, route: ['x/one'] });
  say({ type: 'call-intent', call: '1', agent: 'a', turn: 1, attempt: 1, model: 'x/one' });
  const { state } = journal;
  const stand = (): Standing[] => [...state.agents.values()].map(agent => standing(state, agent));
  return { say, state, stand };
}

const paused: Event = { type: 'session-paused', by: 'user', reason: 'lunch' };
const outcome: Event = {
  type: 'call-outcome',
  call: '1',
  result: { ok: true, stop: 'tool-calls' },
  usage: { input: 10, output: 5 },
  cost: 7,
  ms: 900,
};
const tool = { agent: 'a', call: 'c' } as const;

describe('an agent of a paused session', () => {
  it('is paused, unless it finishes what it has begun: an answer, then the tools that it calls', () => {
    const { say, stand } = team();
    assert.deepEqual(stand(), ['running', 'running']);
    say(paused);
    assert.deepEqual(stand(), ['pausing', 'paused']);
    say({ type: 'tool-intent', ...tool, tool: 'read_file', effect: 'read', args: {} }, outcome);
    assert.deepEqual(stand(), ['pausing', 'paused']);
    say({ type: 'tool-outcome', ...tool, ok: true, ms: 1, output: { text: '' } });
    assert.deepEqual(stand(), ['paused', 'paused']);
    say({ type: 'session-unpaused', by: 'user' });
    assert.deepEqual(stand(), ['running', 'running']);
  });

  it('still waits for the person whom it has asked, and has ended if it has ended', () => {
    const { say, stand } = team();
    say({ type: 'question-asked', ask: 'q', agent: 'b', text: 'which?' }, paused);
    assert.deepEqual(stand(), ['pausing', 'waiting']);
    say({ type: 'agent-ended', agent: 'b', outcome: 'completed', summary: 'done' });
    assert.deepEqual(stand(), ['pausing', 'completed']);
  });

  it('can be told from one that was paused itself, which stays so afterwards', () => {
    const { say, state } = team();
    say({ type: 'agent-paused', agent: 'b', by: 'user' }, outcome, paused);
    const rows = ['a', 'b'].map(id => agentRow(state, id));
    assert.deepEqual(
      rows.map(row => [row?.status, row?.paused]),
      [
        ['paused', false],
        ['paused', true],
      ],
    );
  });

  it('has a lane on which its work ends with its turn and goes on with the session', () => {
    const { say, state } = team();
    const lane = (agent: string) => state.history.lanes.get(agent)?.spans.map(({ status }) => status);
    say(paused);
    assert.deepEqual([lane('a'), lane('b')], [['running'], ['running', 'paused']]);
    say(outcome);
    assert.deepEqual(lane('a'), ['running', 'paused']);
    say({ type: 'session-unpaused', by: 'user' });
    assert.deepEqual(
      [lane('a'), lane('b')],
      [
        ['running', 'paused', 'running'],
        ['running', 'paused', 'running'],
      ],
    );
  });
});
