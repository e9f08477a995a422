import assert from 'node:assert/strict';
import fc from 'fast-check';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import type { Tally } from '../../../src/core/session/state.ts';
import { Event } from '../../../src/protocol/events.ts';
import { anyEvent, anyJournal } from '../../support/arbitrary-events.ts';
import { memoryJournal } from '../../support/memory-journal.ts';

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
};

/** Of older journals, whose they are is filled in. */
const FILLED: ReadonlySet<string> = new Set(['call-outcome', 'permission-answered', 'question-answered']);

const task = (id: string, needs: string[] = []) => ({
  kind: 'agent' as const,
  id,
  title: id,
  needs,
  priority: 'medium' as const,
  optional: false,
  role: 'backend',
  instructions: 'do it',
  writes: [],
  publishes: [],
  consumes: [],
  checks: [],
  complexity: 'normal' as const,
});
const plan = (...ids: string[]) => ({ goal: 'g', phases: [], pools: {}, tasks: ids.map(id => task(id)) });
const h = (digit: string) => digit.repeat(64);

describe('reduce', () => {
  it('takes any sequence of valid events without throwing, and changes nothing of an event but whose it is', () => {
    fc.assert(
      fc.property(anyJournal(60), events => {
        const state = initialState();
        for (const event of events) reduce(state, FILLED.has(event.type) ? event : frozen(event));
        assert.equal(state.seq, events.length);
      }),
    );
  });

  it('gives the same state when the same events are folded again, after a trip through JSON too', () => {
    fc.assert(
      fc.property(anyJournal(60), events => {
        const [first, second] = [initialState(), initialState()];
        for (const event of events) reduce(first, event);
        for (const event of JSON.parse(JSON.stringify(events))) reduce(second, event);
        assert.deepEqual(second, first);
      }),
    );
  });

  it('generates only events that the protocol accepts', () => {
    fc.assert(fc.property(anyEvent, event => Event.safeParse(event).success));
  });

  it('counts every cent once: providers, models and agents each add up to the session', () => {
    fc.assert(
      fc.property(anyJournal(80), events => {
        const state = initialState();
        for (const event of events) reduce(state, event);
        const sum = (parts: Iterable<Tally>, count: (tally: Tally) => number) => {
          let total = 0;
          for (const part of parts) total += count(part);
          return total;
        };
        for (const count of [(t: Tally) => t.cost, (t: Tally) => t.calls, (t: Tally) => t.usage.output]) {
          const total = count(state.tally);
          assert.equal(
            sum(
              [...state.providers.values()].map(p => p.tally),
              count,
            ),
            total,
          );
          assert.equal(sum(state.models.values(), count), total);
          assert.equal(
            sum(
              [...state.agents.values()].map(a => a.tally),
              count,
            ),
            total,
          );
        }
        const { calls, succeeded, failed, stopped } = state.tally;
        assert.equal(calls, succeeded + failed + stopped + state.openCalls.size);
      }),
    );
  });

  it('passes over an event type it does not know', () => {
    const state = initialState();
    reduce(state, { v: 9, seq: 7, at: 1, type: 'from-the-future', agent: 'x' } as never);
    assert.deepEqual(state, { ...initialState(), seq: 7, lastAt: 1, workedAt: 1 });
  });

  it('settles a call once, whatever arrives twice', () => {
    const { append, state } = memoryJournal();
    append({ type: 'call-intent', call: 'c1', agent: 'a1', turn: 1, attempt: 1, model: 'p/m', reserved: 50 });
    const outcome = {
      type: 'call-outcome',
      call: 'c1',
      result: { ok: true, stop: 'end' },
      usage: { input: 10, output: 5 },
      cost: 20,
      ms: 100,
    } as const;
    append(outcome);
    append(outcome);
    assert.deepEqual(state.tally, {
      calls: 1,
      succeeded: 1,
      failed: 0,
      stopped: 0,
      usage: { input: 10, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0 },
      cost: 20,
      boundCost: 0,
      unknownUsage: 0,
      unknownCost: 0,
      ms: 100,
    });
    assert.equal(state.openCalls.size, 0);
  });

  it('keeps the approved plan in force until its revision is approved, and finished work through the revision', () => {
    const { append, state } = memoryJournal();
    append({ type: 'plan-proposed', plan: plan('one', 'two', 'three'), revision: 1, source: 'planner' });
    assert.equal(state.tasks.size, 3);
    append({ type: 'plan-approved', revision: 1, by: 'user' });
    append({ type: 'task-started', task: 'one', attempt: 1 });
    append({ type: 'task-completed', task: 'one', summary: 'done' });
    append({ type: 'task-started', task: 'two', attempt: 1 });
    append({ type: 'task-failed', task: 'two', reason: 'no', final: true });
    append({ type: 'plan-proposed', plan: plan('one', 'two', 'four'), revision: 2, source: 'replan' });
    assert.equal(state.plan?.tasks[2]?.id, 'three');
    append({ type: 'plan-approved', revision: 2, by: 'orchestrator' });
    assert.deepEqual(
      [...state.tasks.values()].map(t => [t.task.id, t.status]),
      [
        ['one', 'completed'],
        ['two', 'pending'],
        ['four', 'pending'],
      ],
    );
    assert.equal(state.planRevision, 2);
  });

  it('lets an interrupted agent go on under its own name with what it used', () => {
    const { append, state } = memoryJournal();
    const started = { type: 'agent-started', agent: 'a1', role: 'backend', attempt: 1, route: ['p/m'] } as const;
    append({ ...started, route: ['p/m'] });
    append({ type: 'call-intent', call: 'c1', agent: 'a1', turn: 1, attempt: 1, model: 'p/m' });
    append({ type: 'call-outcome', call: 'c1', result: { ok: true, stop: 'end' }, cost: 7, ms: 1 });
    append({ type: 'agent-ended', agent: 'a1', outcome: 'interrupted', summary: '' });
    assert.equal(state.agents.get('a1')?.status, 'interrupted');
    append({ ...started, route: ['p/n'] });
    const agent = state.agents.get('a1');
    assert.deepEqual([agent?.status, agent?.tally.cost, agent?.route], ['running', 7, ['p/n']]);
  });

  it('has an agent wait until its last question is answered', () => {
    const { append, state } = memoryJournal();
    append({ type: 'agent-started', agent: 'a1', role: 'backend', attempt: 1, route: [] });
    append({ type: 'question-asked', ask: 'q1', agent: 'a1', text: '?' });
    append({ type: 'permission-asked', ask: 'q2', agent: 'a1', kind: 'command', what: 'ls', rule: 'ask' });
    append({ type: 'question-asked', ask: 'q1', agent: 'a1', text: 'asked again' });
    append({ type: 'question-answered', ask: 'q1', text: 'yes', by: 'user' });
    assert.equal(state.agents.get('a1')?.status, 'waiting');
    append({ type: 'permission-answered', ask: 'q2', decision: 'deny', scope: 'once', by: 'user' });
    assert.equal(state.agents.get('a1')?.status, 'running');
    assert.deepEqual(
      state.denials.map(d => [d.what, d.by]),
      [['ls', 'user']],
    );
  });

  it('knows which files wait for review', () => {
    const { append, state } = memoryJournal();
    const write = (id: string, before: string | null, after: string | null) => {
      append({ type: 'write-intent', write: id, path: 'a.ts', agent: 'a1', task: 't', before, after });
      append({ type: 'write-outcome', write: id, ok: true, reason: 'applied' });
    };
    const review = (action: 'accept' | 'reject', file: string, baseline: string) => {
      append({
        type: 'review-intent',
        review: 'r',
        action,
        path: 'a.ts',
        hunks: ['h1'],
        by: 'user',
        file: { before: h('1'), after: h(file) },
        baseline: { before: h('0'), after: h(baseline) },
      });
      append({ type: 'review-outcome', review: 'r', ok: true, reason: 'applied' });
    };
    const status = () => state.files.get('a.ts')?.status;
    append({ type: 'baseline-taken', path: 'a.ts', blob: h('0') });
    write('w1', h('0'), h('1'));
    assert.equal(status(), 'pending');
    write('w2', h('1'), h('0'));
    assert.equal(status(), undefined, 'back at the baseline');
    write('w3', h('0'), h('1'));
    review('accept', '1', '2');
    assert.equal(status(), 'pending', 'only a part was accepted');
    review('reject', '2', '2');
    assert.equal(status(), 'mixed');
  });

  it('does not count the time between a crash and the resume as work', () => {
    let now = 1000;
    const { append, state } = memoryJournal(() => now);
    append({
      type: 'session-started',
      session: 's',
      goal: 'g',
      version: '1',
      workspace: '/w',
      rehearsal: false,
      budget: { alertAt: 0.8 },
    });
    now = 3000;
    append({ type: 'session-paused', by: 'user', reason: 'lunch' });
    now = 900_000;
    append({ type: 'session-resumed', pid: 1, host: 'terminal', version: '1' });
    assert.equal(state.status, 'paused');
    now = 900_500;
    append({ type: 'session-unpaused', by: 'user' });
    now = 800_000;
    append({ type: 'session-ended', outcome: 'completed', reason: 'all done' });
    assert.equal(state.activeMs, 2500);
    assert.equal(state.lastAt, 900_500);
  });
});
