import assert from 'node:assert/strict';
import { firstToShow, nextSteps } from '../../../src/dashboard/rows/next-steps.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { memorySession } from '../../support/dashboard/memory-session.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { planOf } from '../../support/plans.ts';

const started = (session: string, rehearsal = false): Event => ({
  type: 'session-started',
  session,
  goal: 'g',
  version: '1',
  workspace: '/w',
  rehearsal,
  budget: { alertAt: 0.8 },
});
const proposed: Event = { type: 'plan-proposed', revision: 1, source: 'planner', plan: planOf([{ id: 'a' }]) };
const approved: Event = { type: 'plan-approved', revision: 1, by: 'user' };
const hash = (digit: string) => digit.repeat(64);
const wrote: Event[] = [
  { type: 'baseline-taken', path: 'a.js', blob: null },
  { type: 'write-intent', write: 'w', agent: 'x', path: 'a.js', before: null, after: hash('a') },
  { type: 'write-outcome', write: 'w', ok: true, reason: 'applied' },
];
const ended = (outcome: 'completed' | 'aborted' | 'interrupted'): Event => ({
  type: 'session-ended',
  outcome,
  reason: 'r',
});
const question: Event = { type: 'question-asked', ask: 'q', agent: 'x', text: 'which?' };

function session(...events: Event[]) {
  const journal = memoryJournal();
  for (const event of events) journal.append(event);
  return memorySession(journal);
}

describe('what is offered next', () => {
  const offered = (...events: Event[]) => nextSteps(session(started('s'), ...events));

  it('is to decide on the plan while that waits, and nothing else of it afterwards', () => {
    assert.deepEqual(offered(proposed), ['approve-plan', 'open-plan', 'revise-plan', 'cancel-plan']);
    assert.deepEqual(offered(proposed, approved), []);
  });

  it('is to answer who asks, and to review what is written, while the team works', () => {
    assert.deepEqual(offered(proposed, approved, question, ...wrote), ['answer', 'review']);
  });

  it('leads on from the end: review, more work, the report', () => {
    assert.deepEqual(offered(proposed, approved, ...wrote, ended('completed')), ['review', 'ask-for-more', 'report']);
    assert.deepEqual(offered(proposed, approved, ended('aborted')), ['ask-for-more', 'report']);
  });

  it('is to resume what was interrupted', () => {
    assert.deepEqual(offered(proposed, approved, ...wrote, ended('interrupted')), ['resume', 'review', 'report']);
  });

  it('is no more work for the demo, whose models know nothing more', () => {
    assert.deepEqual(nextSteps(session(started('s', true), proposed, approved, ended('completed'))), ['report']);
  });
});

describe('the session that is shown first', () => {
  it('is the one that waits for the person, else the newest', () => {
    const [newest, asking] = [session(started('b')), session(started('a'), question)];
    assert.equal(firstToShow([newest, asking]), asking);
    assert.equal(firstToShow([newest, session(started('c'))]), newest);
    const over = session(started('a'), question, ended('interrupted'));
    assert.equal(firstToShow([newest, over]), newest);
  });
});
