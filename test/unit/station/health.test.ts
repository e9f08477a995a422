import assert from 'node:assert/strict';
import type { MemberState } from '../../../src/core/station/contract.ts';
import { standingOf } from '../../../src/core/station/members.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { type Act, member, standing } from '../../support/station-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the health of a standing team', () => {
  it('has a session in which nothing happens stopped and gone on with, and in the end given up', async () => {
    const clock = new FakeClock();
    // What stands still from the beginning.
    const act = (): Act => ({ ms: 100 * HOUR, pulse: began => ({ lastAt: began }) });
    const { add, events, state, runs } = await standing(clock, act);
    const id = add('stuck');
    await clock.advance(16 * MINUTE);
    const said = () => events.flatMap(event => (event.type === 'run-health' ? [`${event.state}: ${event.text}`] : []));
    assert.deepEqual(said(), ['silent: nothing has happened in it for 15 min 00 s']);
    assert.equal(runs.opened.length, 1, 'its own supervisor has time to act');
    await clock.advance(5 * MINUTE);
    assert.equal(runs.opened.length, 2);
    assert.equal(new Set(runs.opened.map(({ request }) => request.session)).size, 1, 'it is the same session');
    await clock.advance(24 * HOUR);
    assert.equal(runs.opened.length, 6);
    assert.equal(state.items.get(id)?.status, 'failed');
    assert.match(state.items.get(id)?.note ?? '', /nothing has happened in it for long/);
  });

  it('is looked at as often as is set, and leaves alone who waits for a person', async () => {
    const clock = new FakeClock();
    const asks = [{ ask: 'a1', agent: 'codex-1', kind: 'question' as const, what: 'Which one?' }];
    const act = (): Act => ({ ms: 100 * HOUR, pulse: began => ({ lastAt: began, asks }) });
    const { add, events, runs, state } = await standing(clock, act, { settings: { healthMs: MINUTE } });
    add('asks');
    await clock.advance(MINUTE);
    assert.deepEqual([...state.runs.values()][0]?.asks, asks);
    await clock.advance(5 * HOUR);
    assert.equal(runs.opened.length, 1);
    assert.equal(events.filter(event => event.type === 'run-health').length, 0);
  });

  it('alerts once at 80 % of a budget, and says when work goes on with the fallback', async () => {
    const clock = new FakeClock();
    let [spent, local] = [0.5, false];
    const act = (): Act => ({ ms: 3 * HOUR, pulse: () => ({ spent, local }) });
    const { add, events } = await standing(clock, act);
    add('dear');
    const said = () => events.flatMap(event => (event.type === 'run-health' ? [event.text] : []));
    await clock.advance(11 * MINUTE);
    assert.deepEqual(said(), []);
    spent = 0.83;
    await clock.advance(11 * MINUTE);
    assert.deepEqual(said(), ['83 % of its budget is spent']);
    [spent, local] = [1, true];
    await clock.advance(11 * MINUTE);
    assert.deepEqual(said().slice(1), ['100 % of its budget is spent: it goes on with models that cost nothing']);
  });
});

describe('a member that is out of money', () => {
  it('is so while its session waits for more, is left alone, and is at work again with it', async () => {
    const clock = new FakeClock();
    let broke: string | undefined;
    const act = (): Act => ({
      ms: 3 * HOUR,
      pulse: began => ({ spent: 1, lastAt: began, ...(broke !== undefined && { broke }) }),
    });
    const { add, state, runs } = await standing(clock, act, { members: [member('codex')] });
    add('dear');
    const is = () => standingOf(state, state.members.get('codex') as MemberState, clock.now());
    broke = 'its budget of $5.00 is spent: orchestrate budget USD s1';
    await clock.advance(2 * HOUR);
    assert.equal(is(), 'out-of-money');
    assert.equal(state.runs.get('r1')?.health?.text, broke);
    assert.equal(runs.opened.length, 1, 'it is not taken for dead');
    broke = undefined;
    await clock.advance(6 * MINUTE);
    assert.notEqual(is(), 'out-of-money');
  });

  it('goes on with the same session when a new day begins, and its work has not failed', async () => {
    const clock = new FakeClock();
    const disk = new Disk();
    const until = clock.now() + 5 * HOUR;
    const act = (): Act =>
      clock.now() < until
        ? { ms: MINUTE, outcome: 'budget-spent', reason: 'the budget of the day is spent', until }
        : { ms: 2 * MINUTE };
    const members = [member('codex')];
    const first = await standing(clock, act, { members, disk });
    const id = first.add('dear');
    await clock.advance(HOUR);
    const is = standingOf(first.state, first.state.members.get('codex') as MemberState, clock.now());
    assert.deepEqual([is, first.state.items.get(id)?.status], ['out-of-money', 'waiting']);
    const told = first.ask({ kind: 'queue-add', text: 'more', priority: 5, target: 'codex' }).message ?? '';
    assert.match(told, /codex is out of money until .*: the budget of the day is spent/);
    await first.journal.flush();
    first.kill();
    const { state, runs } = await standing(clock, act, { members, disk, done: first.runs.done });
    await clock.advance(6 * HOUR);
    assert.deepEqual(
      [...state.items.values()].map(({ status }) => status),
      ['done', 'done'],
    );
    const sessions = [...first.runs.opened, ...runs.opened].filter(({ request }) => request.goal === 'dear');
    assert.equal(new Set(sessions.map(({ request }) => request.session)).size, 1);
    // Who starts the team anew may have given it more: it is tried at once.
    assert.deepEqual(
      sessions.map(({ request }) => request.again),
      [false, true, true],
    );
  });
});

describe('a member whose provider is gone', () => {
  it('is parked for pauses that grow, says so at once, loses no work, and is back with the first answer', async () => {
    const clock = new FakeClock();
    const disk = new Disk();
    let gone = true;
    const refused = { ok: false, message: 'no provider answers', retry: 'unanswered' } as const;
    const act = (): Act => (gone ? { ms: 0, refused } : { ms: MINUTE });
    const members = [member('codex')];
    const { add, ask, events, state, runs } = await standing(clock, act, { members, disk });
    const id = add('first');
    await clock.advance(1);
    assert.equal(state.items.get(id)?.status, 'waiting');
    const told = ask({ kind: 'queue-add', text: 'second', priority: 5, target: 'codex' }).message ?? '';
    assert.match(told, /It waits: codex is parked until .*: no provider answers/);
    await clock.advance(8 * MINUTE);
    const pauses = events.flatMap(event =>
      event.type === 'run-set-aside' && event.until ? [event.until - event.at] : [],
    );
    assert.deepEqual(pauses.slice(0, 5), [30_000, 60_000, 120_000, 240_000, 480_000].slice(0, pauses.length));
    gone = false;
    await clock.advance(HOUR);
    assert.deepEqual(
      [...state.items.values()].map(({ status }) => status),
      ['done', 'done'],
    );
    assert.equal(state.members.get('codex')?.parked, undefined);
    assert.ok(runs.opened.length > 4);
    assert.equal(state.members.get('codex')?.failed, 0);
  });

  it('leaves the work to others of its pool', async () => {
    const clock = new FakeClock();
    const refused = { ok: false, message: 'no provider answers', retry: 'unanswered' } as const;
    const members = [member('a', { pool: 'build' }), member('b', { pool: 'build' })];
    const act = ({ members: of }: { members: { name: string }[] }): Act =>
      of[0]?.name === 'a' ? { ms: 0, refused } : { ms: MINUTE };
    const { add, state } = await standing(clock, act, { members });
    const id = add('for either', { target: 'build' });
    await clock.advance(2 * MINUTE);
    assert.equal(state.items.get(id)?.status, 'done');
    assert.deepEqual([state.members.get('a')?.done, state.members.get('b')?.done], [0, 1]);
  });
});
