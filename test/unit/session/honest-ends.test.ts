import assert from 'node:assert/strict';
import {
  phaseStanding,
  progressOf,
  sessionStanding,
  taskStanding,
  workingTime,
} from '../../../src/core/session/standing.ts';
import { providerRow } from '../../../src/dashboard/rows/money.ts';
import { sessionView } from '../../../src/dashboard/rows/session.ts';
import { agentRow, taskRow } from '../../../src/dashboard/rows/work.ts';
import { providerLines } from '../../../src/editor/providers/lines.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { standingOf } from '../../../src/protocol/provider-standing.ts';
import { taskLook } from '../../../webview-ui/parts/states.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { planOf } from '../../support/plans.ts';

/** A session of tasks in one phase, all of which have begun. */
function session(tasks: number) {
  let now = 0;
  const journal = memoryJournal(() => now);
  const at = (time: number, ...events: Event[]) => {
    now = time;
    for (const event of events) journal.append(event);
  };
  const ids = Array.from({ length: tasks }, (_, n) => `t${n}`);
  at(
    0,
    {
      type: 'session-started',
      session: 's',
      goal: 'g',
      version: '1',
      workspace: '/w',
      rehearsal: false,
      budget: { alertAt: 0.8 },
    },
    {
      type: 'plan-proposed',
      revision: 1,
      source: 'planner',
      plan: planOf(
        ids.map(id => ({ id, phase: 'build' })),
        { phases: ['build'] },
      ),
    },
    { type: 'plan-approved', revision: 1, by: 'user' },
  );
  const start = (...started: string[]) => {
    for (const task of started) {
      at(
        now,
        { type: 'task-started', task, attempt: 1 },
        { type: 'agent-started', agent: `a-${task}`, role: 'backend', task, attempt: 1, route: ['x/one'] },
      );
    }
  };
  return { at, ids, start, state: journal.state };
}

const ended = (outcome: 'completed' | 'aborted' | 'interrupted'): Event => ({
  type: 'session-ended',
  outcome,
  reason: 'as told',
});
const hash = (digit: string) => digit.repeat(64);
const review: Event[] = [
  {
    type: 'review-intent',
    review: 'r',
    path: 'a.js',
    action: 'accept',
    by: 'user',
    baseline: { before: null, after: hash('a') },
    file: { before: hash('a'), after: hash('a') },
  },
  { type: 'review-outcome', review: 'r', ok: true, reason: 'applied' },
];

describe('a session that is over', () => {
  it('keeps its clock at 0:38 while its hunks are accepted a quarter of an hour later', () => {
    const { at, state } = session(1);
    at(38_000, ended('completed'));
    at(834_000, ...review);
    assert.equal(state.activeMs, 38_000);
    assert.equal(workingTime(state, 900_000, false), 38_000);
    const view = sessionView({ state, runs: false, resumable: false, finished: true });
    assert.deepEqual([view.activeMs, view.workedAt], [38_000, 38_000]);
  });

  it('keeps its clock, too, when it was killed before it could say that it ended', () => {
    const { at, state } = session(1);
    at(10_000, { type: 'agent-doing', agent: 'a-t0', what: 'writes' });
    at(600_000, ...review);
    assert.equal(workingTime(state, 700_000, false), 10_000);
    at(800_000, { type: 'session-resumed', pid: 1, host: 'editor', version: '1' });
    at(805_000, ended('completed'));
    assert.equal(state.activeMs, 15_000);
  });

  it('counts the time of a decision that is taken while the team works', () => {
    const { at, state } = session(1);
    at(20_000, ...review);
    assert.equal(workingTime(state, 25_000, true), 25_000);
    at(30_000, ended('completed'));
    assert.equal(state.activeMs, 30_000);
  });

  it('shows no cancelled task as done', () => {
    const { at, ids, state } = session(6);
    for (const task of ids) at(1, { type: 'task-cancelled', task, by: 'user', reason: 'ended by the user' });
    at(2, ended('aborted'));
    assert.deepEqual(progressOf(state.tasks.values()), { total: 6, done: 0, failed: 0, cancelled: 6, skipped: 0 });
    assert.deepEqual(sessionView({ state, runs: false, resumable: false, finished: true }).progress, {
      total: 6,
      done: 0,
      failed: 0,
      cancelled: 6,
      skipped: 0,
    });
    assert.equal(phaseStanding(state, 'build'), 'cancelled');
  });

  it('has no task and no agent at work, whether it said so at its end or was killed', () => {
    for (const said of [true, false]) {
      const { at, start, state } = session(3);
      start('t0', 't1');
      at(1, { type: 'check-started', task: 't1', id: 'c', check: { run: 'npm test' } });
      if (said) at(2, ended('interrupted'));
      const rows = ['t0', 't1', 't2'].map(id => taskRow(state, id, false)?.status);
      assert.deepEqual(rows, ['interrupted', 'interrupted', 'pending']);
      assert.equal(agentRow(state, 'a-t0', false)?.status, 'interrupted');
      assert.equal(sessionStanding(state, false), 'interrupted');
      assert.equal(phaseStanding(state, 'build', false), 'interrupted');
    }
  });
});

describe('a phase', () => {
  it('with 30 running tasks runs', () => {
    const { ids, start, state } = session(30);
    assert.equal(phaseStanding(state, 'build'), 'pending');
    start(...ids);
    assert.equal(phaseStanding(state, 'build'), 'running');
  });

  it('with 0 of 1 done has no tick, however its task ended', () => {
    for (const [event, stands] of [
      [{ type: 'task-cancelled', task: 't0', by: 'user', reason: 'r' }, 'cancelled'],
      [{ type: 'task-skipped', task: 't0', reason: 'r' }, 'skipped'],
      [{ type: 'task-failed', task: 't0', reason: 'r', final: true }, 'failed'],
      [{ type: 'task-completed', task: 't0', summary: 's' }, 'completed'],
    ] as [Event, string][]) {
      const { at, start, state } = session(1);
      start('t0');
      at(1, event);
      assert.equal(phaseStanding(state, 'build'), stands);
    }
  });

  it('with one done and one to do waits, and does not spin', () => {
    const { at, start, state } = session(2);
    start('t0');
    at(1, { type: 'task-completed', task: 't0', summary: 's' });
    assert.equal(phaseStanding(state, 'build'), 'waiting');
    const [task] = state.tasks.values();
    assert.equal(task && taskStanding(state, task), 'completed');
  });
});

describe('a task in a paused session', () => {
  it('is paused and does not spin, whatever its agent still brings to its end', () => {
    const { at, start, state } = session(2);
    start('t0');
    at(1, { type: 'session-paused', by: 'user', reason: 'r' });
    const shown = () => taskRow(state, 't0', true)?.status;
    assert.equal(shown(), 'paused');
    assert.notEqual(taskLook('paused').spin, true);
    assert.equal(phaseStanding(state, 'build'), 'paused');
    at(2, { type: 'session-unpaused', by: 'user' });
    assert.equal(shown(), 'running');
  });

  it('is paused with its agent alone, and both rows are told', () => {
    const { at, start, state } = session(1);
    start('t0');
    const touched: string[] = [];
    state.touched.listen((kind, id) => touched.push(`${kind} ${id}`));
    at(1, { type: 'agent-paused', agent: 'a-t0', by: 'user' });
    assert.equal(taskRow(state, 't0', true)?.status, 'paused');
    at(2, { type: 'agent-unpaused', agent: 'a-t0', by: 'user' });
    assert.equal(taskRow(state, 't0', true)?.status, 'running');
    assert.equal(touched.filter(each => each === 'tasks t0').length, 2);
  });

  it('runs on where it is a command, which nobody pauses', () => {
    const { at, state } = session(1);
    at(1, { type: 'task-started', task: 't0', attempt: 1 }, { type: 'session-paused', by: 'user', reason: 'r' });
    const [task] = state.tasks.values();
    assert.equal(task && taskStanding(state, task), 'running');
  });
});

describe('a provider', () => {
  const model = 'lab/one';
  const call = (id: string): Event => ({ type: 'call-intent', call: id, agent: 'a', turn: 1, attempt: 1, model });
  const done = (id: string): Event => ({
    type: 'call-outcome',
    call: id,
    result: { ok: true, stop: 'end' },
    usage: { input: 1, output: 1 },
    cost: 0,
    ms: 5,
  });
  const account = { name: 'lab', label: 'Lab', local: false, keyless: false, explicit: true, keyFrom: 'LAB_KEY' };

  it('is the same on the dashboard and in the Providers view, before, during and after a session', () => {
    const events: Event[] = [
      call('1'),
      done('1'),
      { type: 'provider-health', provider: 'lab', ok: false, message: 'gone' },
      { type: 'breaker', provider: 'lab', model, state: 'open' },
      ended('completed'),
    ];
    const { at, state } = session(1);
    for (const event of events) {
      at(1, event);
      for (const runs of [true, false]) {
        const row = providerRow(state, 'lab', runs);
        const known = { accounts: [account], checks: new Map(), now: 2, session: { state, runs } };
        const [line] = providerLines(known);
        assert.deepEqual(line?.condition, row && standingOf(row, 2), `${event.type}, ${runs}`);
        if (event.type === 'breaker') assert.equal(line?.condition.kind, runs ? 'open' : 'failing');
      }
    }
  });

  it('is not green when it has been taken out of the settings, or has lost its key', () => {
    const { at, state } = session(1);
    at(1, call('1'), done('1'));
    const kind = (accounts: (typeof account)[]) =>
      providerLines({ accounts, checks: new Map(), now: 2, session: { state, runs: true } })[0]?.condition.kind;
    assert.equal(kind([account]), 'ready');
    assert.equal(kind([]), 'removed');
    const { keyFrom, ...keyless } = account;
    assert.equal(kind([keyless as typeof account]), 'no-key');
  });
});
