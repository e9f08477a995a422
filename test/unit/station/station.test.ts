import assert from 'node:assert/strict';
import * as z from 'zod';
import { forecast } from '../../../src/core/station/forecast.ts';
import { queueLines } from '../../../src/core/station/queue-lines.ts';
import { stationKind } from '../../../src/core/station/reduce.ts';
import { writeSnapshot } from '../../../src/core/station/snapshot.ts';
import { Member } from '../../../src/protocol/member.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { member, openStation, standing } from '../../support/station-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the standing team', () => {
  it('gives work to the member it is for, one piece at a time, in the order of the queue', async () => {
    const clock = new FakeClock();
    const { add, runs, state } = await standing(clock, () => ({ ms: HOUR }), { beside: true });
    const [a, b, c] = [
      add('Implement it', { target: 'codex' }),
      add('Then this', { target: 'codex' }),
      add('Anybody'),
    ] as const;
    await clock.advance(1);
    assert.deepEqual(
      runs.opened.map(({ request }) => [request.goal, request.members[0]?.name]),
      [
        ['Implement it', 'codex'],
        ['Anybody', 'codex2'],
      ],
    );
    assert.equal(state.items.get(b)?.status, 'waiting');
    await clock.advance(HOUR);
    assert.deepEqual(
      [a, b, c].map(id => state.items.get(id)?.status),
      ['done', 'running', 'done'],
    );
    await clock.advance(HOUR);
    assert.equal(state.items.get(b)?.status, 'done');
    assert.deepEqual([state.members.get('codex')?.done, state.members.get('codex2')?.done], [2, 1]);
  });

  it('works in the folder of the workspace on one thing at a time', async () => {
    const clock = new FakeClock();
    const { add, runs } = await standing(clock, () => ({ ms: HOUR }));
    for (const text of ['one', 'two', 'three']) add(text);
    await clock.advance(30 * MINUTE);
    assert.equal(runs.atWork.size, 1);
    await clock.advance(3 * HOUR);
    assert.deepEqual(
      runs.opened.map(({ request }) => request.goal),
      ['one', 'two', 'three'],
    );
  });

  it('says at once what cannot be: nobody of that name, a time that has passed, an item that is not there', async () => {
    const clock = new FakeClock();
    const { ask, state } = await standing(clock, () => ({ ms: HOUR }));
    const add = { kind: 'queue-add', text: 'x', priority: 5 } as const;
    assert.equal(ask({ ...add, target: 'codx' }).message, 'nobody in the team is "codx"; did you mean "codex"?');
    assert.match(ask({ ...add, due: clock.now() - 1 }).message ?? '', /is in the past$/);
    assert.equal(ask({ ...add, needs: ['q9'] }).message, 'there is no item "q9" to wait for');
    assert.match(ask({ kind: 'queue-remove', item: 'q1' }).message ?? '', /there is no item "q1"/);
    assert.equal(state.items.size, 0);
  });

  it('says what cannot be done in time, and what is before it', async () => {
    const clock = new FakeClock();
    const { ask, add } = await standing(clock, () => ({ ms: 3 * HOUR }));
    add('first');
    await clock.advance(3 * HOUR + 1);
    add('second');
    const told = ask({ kind: 'queue-add', text: 'third', priority: 5, due: clock.now() + 2 * HOUR });
    assert.match(told.message ?? '', /It cannot be done by .*: it takes about 3/);
    const later = ask({ kind: 'queue-add', text: 'fourth', priority: 5, due: clock.now() + 4 * HOUR });
    assert.match(later.message ?? '', /It cannot be done by .*: \d+ h.* of work before it/);
  });

  it('sees that the same is in the queue already', async () => {
    const { ask } = await standing(new FakeClock(), () => ({ ms: HOUR }));
    ask({ kind: 'queue-add', text: 'Test the reading app for Eden', priority: 5 });
    const again = ask({ kind: 'queue-add', text: 'test the reading app for Eden!', priority: 5 });
    assert.match(again.message ?? '', /q1 says nearly the same/);
  });

  it('begins what needs something else when that is done, and says when it never will be', async () => {
    const clock = new FakeClock();
    const outcome = (goal: string) => (goal === 'breaks' ? ('failed' as const) : ('completed' as const));
    const { add, ask, state, runs } = await standing(clock, ({ goal }) => ({ ms: HOUR, outcome: outcome(goal) }));
    const first = add('first');
    const second = add('second', { needs: [first], priority: 10 });
    const broken = add('breaks');
    const third = add('third', { needs: [broken] });
    await clock.advance(5 * HOUR);
    assert.deepEqual(
      runs.opened.map(({ request }) => request.goal),
      ['first', 'second', 'breaks'],
    );
    assert.equal(state.items.get(second)?.status, 'done');
    assert.equal(state.items.get(third)?.status, 'waiting');
    assert.match(ask({ kind: 'queue-retry', item: broken }).message ?? '', /waits again/);
  });

  it('holds, releases, moves, changes and removes what waits, and nothing that has begun', async () => {
    const clock = new FakeClock();
    const { add, ask, state, runs } = await standing(clock, () => ({ ms: HOUR }));
    const [a, b, c, d] = [add('a'), add('b'), add('c'), add('d', { held: true })] as const;
    await clock.advance(1);
    assert.equal(ask({ kind: 'queue-edit', item: a, text: 'other' }).ok, false);
    assert.ok(ask({ kind: 'queue-move', item: c, before: b }).ok);
    assert.ok(ask({ kind: 'queue-edit', item: c, text: 'c, changed', target: 'codex2' }).ok);
    assert.ok(ask({ kind: 'queue-hold', item: b }).ok);
    await clock.advance(4 * HOUR);
    assert.deepEqual(
      runs.opened.map(({ request }) => request.goal),
      ['a', 'c, changed'],
    );
    assert.ok(ask({ kind: 'queue-remove', item: d }).ok);
    assert.ok(ask({ kind: 'queue-release', item: b }).ok);
    await clock.advance(2 * HOUR);
    assert.equal(runs.opened.at(-1)?.request.goal, 'b');
    assert.equal(state.items.get(d)?.status, 'removed');
  });

  it('is listed in its order, with what was moved, also where nobody has ever stood', async () => {
    const clock = new FakeClock();
    const { add, ask, state } = await standing(clock, () => ({ ms: MINUTE }), { members: [] });
    const [first, second, urgent] = [add('first'), add('second'), add('urgent', { priority: 9 })];
    const listed = () => queueLines(state, clock.now()).map(({ item }) => item.id);
    assert.deepEqual(listed(), [urgent, first, second]);
    ask({ kind: 'queue-move', item: second, before: first });
    assert.deepEqual(listed(), [urgent, second, first]);
  });

  it('keeps an item where it was put, also before one that is held or waits for another', async () => {
    const clock = new FakeClock();
    const { add, ask, state } = await standing(clock, () => ({ ms: MINUTE }), { members: [] });
    const [a, b, c] = [add('a'), add('b'), add('c')] as const;
    const after = add('after a', { needs: [a] });
    const held = add('held', { held: true });
    const listed = () => queueLines(state, clock.now()).map(({ item }) => item.id);
    assert.deepEqual(listed(), [a, b, c, after, held]);
    ask({ kind: 'queue-move', item: b, before: held });
    assert.deepEqual(listed(), [a, c, after, b, held]);
    ask({ kind: 'queue-move', item: c, before: after });
    assert.deepEqual(listed(), [a, c, after, b, held]);
    ask({ kind: 'queue-move', item: held, before: a });
    assert.deepEqual(listed(), [held, a, c, after, b]);
  });

  it('moves nothing when what it was put before is held', async () => {
    const clock = new FakeClock();
    const { add, ask, state } = await standing(clock, () => ({ ms: MINUTE }), { members: [] });
    const [first, ...others] = ['1', '2', '3', '4'].map(text => add(text)) as [string, ...string[]];
    const moved = add('5');
    const listed = () => queueLines(state, clock.now()).map(({ item }) => item.id);
    ask({ kind: 'queue-move', item: moved, before: first });
    assert.deepEqual(listed(), [moved, first, ...others]);
    ask({ kind: 'queue-hold', item: first });
    assert.deepEqual(listed(), [moved, first, ...others]);
  });

  it('begins early what others need by a time', async () => {
    const clock = new FakeClock();
    const { add, runs } = await standing(clock, () => ({ ms: HOUR }));
    add('under way');
    await clock.advance(1);
    for (let i = 0; i < 5; i++) add(`wanted more ${i}`, { priority: 7 });
    const needed = add('needed', { priority: 2 });
    add('due', { priority: 2, needs: [needed], due: clock.now() + 4 * HOUR });
    await clock.advance(4 * HOUR);
    assert.deepEqual(
      runs.opened
        .slice(0, 4)
        .map(({ request }) => request.goal)
        .sort(),
      ['due', 'needed', 'under way', 'wanted more 0'].sort(),
    );
  });

  it('does nothing new while it is paused, nor gives a paused member anything', async () => {
    const clock = new FakeClock();
    const { add, ask, runs } = await standing(clock, () => ({ ms: MINUTE }));
    ask({ kind: 'pause', member: 'codex' });
    add('for codex', { target: 'codex' });
    add('for anyone');
    await clock.advance(HOUR);
    assert.deepEqual(
      runs.opened.map(({ request }) => request.goal),
      ['for anyone'],
    );
    ask({ kind: 'unpause', member: 'codex' });
    await clock.advance(HOUR);
    assert.equal(runs.opened.length, 2);
  });

  it('takes no work outside of its hours', async () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 21, 12));
    const hours = { from: '20:00', to: '06:00', zone: 'UTC' };
    const { add, runs } = await standing(clock, () => ({ ms: MINUTE }), { members: [member('night', { hours })] });
    add('tidy up');
    await clock.advance(7 * HOUR);
    assert.equal(runs.opened.length, 0);
    await clock.advance(HOUR + MINUTE);
    assert.deepEqual(
      runs.opened.map(({ at }) => new Date(at).toISOString()),
      ['2026-11-21T20:00:00.000Z'],
    );
  });

  it('resumes a session that died after pauses that grow, and gives up in the end', async () => {
    const clock = new FakeClock();
    const { add, events, state, runs } = await standing(clock, () => ({
      ms: MINUTE,
      outcome: 'interrupted',
      reason: 'lost',
    }));
    const id = add('unlucky');
    await clock.advance(24 * HOUR);
    const died = events.filter(event => event.type === 'run-died').map(event => event.again - event.at);
    assert.deepEqual(died, [30_000, 60_000, 120_000, 240_000, 480_000]);
    assert.equal(runs.opened.length, 6);
    assert.equal(new Set(runs.opened.map(({ request }) => request.session)).size, 1);
    assert.deepEqual(
      [state.items.get(id)?.status, state.items.get(id)?.note],
      ['failed', 'it ended 6 times on its own: lost'],
    );
  });

  it('goes on with what was under way when it was killed, under the same session, and loses nothing', async () => {
    const clock = new FakeClock();
    const disk = new Disk();
    const first = await standing(clock, () => ({ ms: HOUR }), { disk });
    const [a, b] = [first.add('a'), first.add('b')] as const;
    await clock.advance(30 * MINUTE);
    first.runs.kill();
    const second = await standing(clock, () => ({ ms: HOUR }), { disk });
    await clock.advance(HOUR + MINUTE);
    assert.equal(second.runs.opened[0]?.request.session, first.runs.opened[0]?.request.session);
    assert.equal(second.state.items.get(a)?.status, 'done');
    assert.equal(second.state.items.get(b)?.status, 'running');
    const stopped = second.station.stop('enough');
    await clock.until(stopped);
    assert.equal(second.state.items.get(b)?.status, 'running', 'it goes on with the next start');
  });

  it('tells a session who works in it in words that its journal can be read with', async () => {
    const clock = new FakeClock();
    const { add, runs } = await standing(clock, () => ({ ms: MINUTE }));
    add('x');
    await clock.advance(1);
    const event = { members: runs.opened[0]?.request.members };
    assert.deepEqual(event.members, z.array(z.strictObject(Member.shape)).parse(event.members));
  });

  it('does a request once, though the process died before it could say so', async () => {
    const clock = new FakeClock();
    const disk = new Disk();
    const { station, state, journal } = await standing(clock, () => ({ ms: HOUR }), { disk });
    const body = { kind: 'queue-add', text: 'once', priority: 5 } as const;
    assert.ok(station.handle(body, 'the-request').ok);
    assert.ok(station.handle(body, 'the-request').ok);
    assert.equal(state.items.size, 1);
    await journal.flush();
    const again = await standing(clock, () => ({ ms: HOUR }), { disk });
    assert.ok(again.station.handle(body, 'the-request').ok);
    assert.equal(again.state.items.size, 1);
  });

  it('is the same after its journal was compacted into a snapshot, and goes on from there', async () => {
    const clock = new FakeClock();
    const disk = new Disk();
    const { add, ask, journal, state } = await standing(clock, () => ({ ms: MINUTE }), { disk });
    for (let i = 0; i < 20; i++) add(`work ${i}`);
    for (let i = 0; i < 50; i++) for (const kind of ['pause', 'unpause'] as const) ask({ kind, member: 'codex' });
    await clock.advance(5 * MINUTE);
    const before = disk.journal.length;
    const compacting = journal.compact(() => ({ type: 'station-snapshot', state: writeSnapshot(state) }));
    add('meanwhile');
    await compacting;
    await journal.flush();
    assert.ok(disk.journal.length < before);
    const told = stationKind.initialState();
    const reader = stationKind.reader(undefined);
    for (const event of reader.push(disk.journal)) stationKind.reduce(told, event);
    assert.deepEqual(reader.damage, []);
    assert.deepEqual(writeSnapshot(told), writeSnapshot(state));
    const reopened = await openStation(disk, clock);
    assert.equal(reopened.state.items.size, 21);
  });

  it('expects what has no history to take as long as usual, and foretells the rest from what was', async () => {
    const clock = new FakeClock();
    const { add, state, station } = await standing(clock, () => ({ ms: 2 * HOUR }), { beside: true });
    add('a', { target: 'codex' });
    await clock.advance(2 * HOUR + 1);
    add('b', { target: 'codex' });
    const c = add('c', { target: 'codex' });
    await settle();
    const told = forecast(state, { now: clock.now(), alone: () => false }).get(c);
    assert.equal(Math.round(((told?.begin ?? 0) - clock.now()) / MINUTE), 120);
    await clock.until(station.stop('over'));
  });
});
