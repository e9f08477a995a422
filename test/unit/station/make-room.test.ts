import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StationState } from '../../../src/core/station/contract.ts';
import { chooseYields } from '../../../src/core/station/make-room.ts';
import { AgentTask, Plan } from '../../../src/protocol/plan.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { member, standing } from '../../support/station-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const open = ({ items }: StationState) => [...items.values()].filter(({ status }) => status !== 'done').length;

describe('work that is for now', () => {
  it('has low work make room at its next turn, and gives it its place back', async () => {
    const clock = new FakeClock();
    const { add, state, runs, events } = await standing(clock, () => ({ ms: HOUR }));
    const low = add('tidy up', { priority: 2 });
    await clock.advance(10 * MINUTE);
    add('also later', { priority: 3 });
    const now = add('the shop is down', { priority: 9 });
    await clock.advance(500);
    assert.equal(state.items.get(low)?.status, 'running', 'its turn is not cut');
    await clock.advance(1000);
    assert.deepEqual([state.items.get(low)?.status, state.items.get(now)?.status], ['waiting', 'running']);
    await clock.advance(HOUR);
    assert.deepEqual([state.items.get(low)?.status, state.items.get(now)?.status], ['running', 'done']);
    assert.equal(runs.opened.at(-1)?.request.session, runs.opened[0]?.request.session);
    assert.equal(runs.opened.at(-1)?.request.unpause, true);
    await clock.advance(51 * MINUTE);
    assert.equal(state.items.get(low)?.status, 'done', 'nothing of it was done twice');
    assert.equal(events.filter(event => event.type === 'run-yields').length, 1);
  });

  it('has nobody make room where somebody is free, for work that is not low, or more than three times', async () => {
    const clock = new FakeClock();
    const { add, state, events } = await standing(clock, () => ({ ms: HOUR }), { beside: true });
    add('low', { priority: 1, target: 'codex' });
    add('medium', { priority: 5, target: 'codex2' });
    await clock.advance(MINUTE);
    const urgent = add('now', { priority: 10, target: 'codex2' });
    await clock.advance(MINUTE);
    assert.equal(state.items.get(urgent)?.status, 'waiting');
    assert.equal(events.filter(event => event.type === 'run-yields').length, 0);
    for (let i = 0; i < 5; i++) {
      add(`now ${i}`, { priority: 10, target: 'codex' });
      await clock.advance(1.2 * HOUR);
    }
    assert.equal(events.filter(event => event.type === 'run-yields').length, 3);
  });

  it('has all make room whose members a workflow needs together, and nobody else', async () => {
    const clock = new FakeClock();
    const members = ['a', 'b', 'c'].map(name => member(name));
    const { add, state, events } = await standing(clock, () => ({ ms: HOUR }), { members, beside: true });
    for (const { name } of members) add(`low for ${name}`, { priority: 1, target: name });
    await clock.advance(MINUTE);
    const task = (id: string, role: string) => AgentTask.parse({ id, title: id, role, instructions: id, writes: [id] });
    const plan = Plan.parse({ goal: 'mend the shop', tasks: [task('one', 'a'), task('two', 'c')] });
    const urgent = add('mend the shop', { priority: 9, workflow: { name: 'mend', plan, members: [] } });
    await clock.advance(MINUTE);
    assert.deepEqual(events.flatMap(event => (event.type === 'run-yields' ? [[event.run, event.to]] : [])).sort(), [
      ['r1', urgent],
      ['r3', urgent],
    ]);
    assert.equal(state.items.get(urgent)?.status, 'running');
    assert.equal(state.items.get('q2')?.status, 'running', 'whose member is not needed goes on');
    await clock.advance(2 * HOUR);
    assert.equal(open(state), 0);
  });

  it('looks no further for who could make room where nobody can help', async () => {
    const clock = new FakeClock();
    const members = Array.from({ length: 8 }, (_, i) => member(`m${i}`));
    const { add, ask, state } = await standing(clock, () => ({ ms: HOUR }), { members, beside: true });
    for (const { name } of members.slice(1)) add(`low for ${name}`, { priority: 1, target: name });
    await clock.advance(MINUTE);
    ask({ kind: 'pause', member: 'm0' });
    for (let i = 0; i < 5; i++) add(`now ${i}`, { priority: 9, target: 'm0' });
    let looks = 0;
    const alone = () => {
      looks++;
      return false;
    };
    assert.deepEqual(chooseYields(state, { now: clock.now(), alone }), []);
    assert.ok(looks < 200, `it was looked at ${looks} times`);
  });

  it('is begun before any low work, and all work is done once, whatever comes when and however often the team is killed', async () => {
    const item = fc.record({
      priority: fc.integer({ min: 0, max: 10 }),
      minutes: fc.integer({ min: 1, max: 120 }),
      wait: fc.integer({ min: 0, max: 60 }),
      target: fc.constantFrom('a', 'b', 'pool', undefined),
      kill: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 12 }), fc.boolean(), async (items, beside) => {
        const clock = new FakeClock();
        const disk = new Disk();
        const done = new Map<string, number>();
        const members = [member('a', { pool: 'pool' }), member('b', { pool: 'pool' })];
        const minutes = new Map(items.map(({ minutes }, i) => [`work ${i}`, minutes]));
        const act = ({ goal }: { goal: string }) => ({ ms: (minutes.get(goal) ?? 1) * MINUTE });
        let team = await standing(clock, act, {
          members,
          disk,
          beside,
          done,
          settings: { healthMs: 6 * HOUR, resumes: 50 },
        });
        const sessions = new Map<string, Set<string>>();
        const seen = () => {
          for (const { request } of team.runs.opened)
            sessions.set(request.goal, (sessions.get(request.goal) ?? new Set()).add(request.session));
        };
        for (const [i, { priority, wait, target, kill }] of items.entries()) {
          team.add(`work ${i}`, { priority, ...(target && { target }) });
          await team.journal.flush();
          if (kill) {
            team.kill();
            seen();
            team = await standing(clock, act, {
              members,
              disk,
              beside,
              done,
              settings: { healthMs: 6 * HOUR, resumes: 50 },
            });
          }
          await clock.advance(wait * MINUTE);
        }
        for (const each of team.state.members.values()) {
          const atWork = [...team.state.runs.values()].filter(
            run => !run.end && !run.aside && run.members.includes(each.name),
          );
          assert.ok(atWork.length <= 1, `${each.name} is at ${atWork.length} things`);
        }
        for (let hours = 0; hours < 60 && open(team.state) > 0; hours++) await clock.advance(HOUR);
        seen();
        const left = [...team.state.items.values()].filter(({ status }) => status !== 'done');
        assert.deepEqual(left, []);
        for (const [goal, of] of sessions) assert.equal(of.size, 1, `${goal} is one session`);
        for (const [goal, of] of sessions) {
          const ms = [...of].reduce((sum, session) => sum + (done.get(session) ?? 0), 0);
          assert.ok(ms <= (minutes.get(goal) ?? 0) * MINUTE + 1, `${goal} took ${ms / MINUTE} minutes`);
        }
      }),
      { numRuns: 30 },
    );
  });
});
