import assert from 'node:assert/strict';
import type { RunRequest } from '../../../src/core/station/contract.ts';
import { forecast } from '../../../src/core/station/forecast.ts';
import { writeSnapshot } from '../../../src/core/station/snapshot.ts';
import { standingWorkflows } from '../../../src/core/station/standing-workflows.ts';
import { AgentTask } from '../../../src/protocol/plan.ts';
import { Workflow } from '../../../src/protocol/workflow.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { type Act, member, type Standing, standing } from '../../support/station-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ITEMS = 500;
/** From that size on the journal is compacted. */
const LONG = 150_000;

/** The same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const hourly = Workflow.parse({
  name: 'hourly',
  goal: 'hourly',
  tasks: [AgentTask.parse({ id: 'a', title: 'a', role: 'implementer', instructions: 'a' })],
  on: [{ schedule: { cron: '0 * * * *', zone: 'UTC' } }],
});

describe('three days of a standing team', function () {
  this.timeout(240_000);

  it('do all of 500 items once, though it is killed, models fail and the machine sleeps; its memory stays as it is, and what it foretells mostly holds', async () => {
    const random = numbers(7);
    const clock = new FakeClock(Date.UTC(2026, 10, 2, 0, 30));
    const disk = new Disk();
    const done = new Map<string, number>();
    const members = Array.from({ length: 8 }, (_, i) => member(`m${i}`, { pool: i < 4 ? 'build' : 'test' }));
    const workflows = standingWorkflows([hourly]).standing;
    let outage = false;
    let compacted = 0;
    /** As whoever runs a team does it, only sooner. */
    const compactWhenLong = async ({ journal, state }: Standing) => {
      if (journal.size < LONG) return;
      compacted++;
      await journal.compact(() => ({ type: 'station-snapshot', state: writeSnapshot(state) }));
    };
    const length = new Map<string, number>();
    const act = ({ session, goal }: RunRequest): Act => {
      if (outage) return { ms: 0, refused: { ok: false, message: 'no model answers', retry: 'soon' } };
      if (!length.has(session)) length.set(session, (goal === 'hourly' ? 5 : 45 + 30 * random()) * MINUTE);
      return { ms: length.get(session) as number };
    };
    const given = { members, disk, beside: true, done, workflows, settings: { resumes: 20 } };
    const opened: Standing['runs']['opened'] = [];
    let team = await standing(clock, act, given);
    const foretold = new Map<string, { end: number; due?: number; cannot: boolean }>();
    const ended = new Map<string, number>();
    /** What is kept, as its size on disk would be, through the days. */
    const kept: number[] = [];
    let added = 0;
    let most = 0;
    for (let step = 0; step < 3 * 24 * 4; step++) {
      for (let n = 0; n < 2 && added < ITEMS; n++) {
        const target = random() < 0.5 ? 'build' : 'test';
        const due = random() < 0.25 ? { due: clock.now() + Math.round((1 + 11 * random()) * HOUR) } : {};
        const priority = Math.floor(random() * 8);
        const { message = '' } = team.ask({ kind: 'queue-add', text: `work ${added++}`, target, priority, ...due });
        const id = /^q\d+/.exec(message)?.[0] ?? '';
        const told = forecast(team.state, { now: clock.now(), alone: () => false }).get(id);
        if (told) foretold.set(id, { end: told.end, ...due, cannot: /cannot be done by/.test(message) });
      }
      // Who adds something hears of it when it is on disk.
      await team.journal.flush();
      if (step === 60) outage = true;
      if (step === 64) outage = false;
      if (step % 37 === 36) {
        team.kill();
        opened.push(...team.runs.opened);
        team = await standing(clock, act, given);
      }
      // The machine slept: its clock goes on, and nothing else did.
      if (step === 150) clock.jump(5 * HOUR);
      await clock.advance(15 * MINUTE);
      for (const { id, endedAt } of team.state.items.values()) if (endedAt !== undefined) ended.set(id, endedAt);
      most = Math.max(most, disk.journal.length);
      if (step % 12 === 11) kept.push(JSON.stringify(writeSnapshot(team.state)).length);
      await compactWhenLong(team);
    }
    await clock.advance(24 * HOUR);
    for (const { id, endedAt } of team.state.items.values()) if (endedAt !== undefined) ended.set(id, endedAt);
    opened.push(...team.runs.opened);

    const work = [...new Set(opened.map(({ request }) => request.goal).filter(goal => goal !== 'hourly'))];
    assert.equal(work.length, ITEMS, 'all of it was begun');
    const sessions = new Map<string, Set<string>>();
    for (const { request } of opened)
      if (request.goal !== 'hourly')
        sessions.set(request.goal, (sessions.get(request.goal) ?? new Set()).add(request.session));
    for (const [goal, of] of sessions) assert.equal(of.size, 1, `${goal} is one session, however often it was resumed`);
    const left = [...team.state.items.values()].filter(({ status }) => status !== 'done');
    assert.deepEqual(left, [], 'nothing is left, and nothing failed');
    const causes = [...team.state.causes.keys()].filter(cause => cause.startsWith('schedule'));
    assert.ok(causes.length >= 72 - 5 && causes.length <= 72 + 24 + 5, `${causes.length} hours came`);
    assert.ok(compacted > 3, `compacted ${compacted} times`);
    assert.ok(most < 2 * LONG, `${most} bytes of journal at most`);
    // What is over is kept for a while only: a day and a half are as much as three days.
    const [early, late] = [kept.slice(0, kept.length / 2), kept.slice(kept.length / 2)].map(half => Math.max(...half));
    assert.ok((late ?? 0) < 1.2 * (early ?? 0), `${early} characters in the first half, ${late} in the second`);
    assertCalibrated([...foretold].flatMap(([id, said]) => ({ ...said, ended: ended.get(id) ?? Number.NaN })));
  });
});

interface Said {
  end: number;
  due?: number;
  cannot: boolean;
  ended: number;
}

/** What was said when work was added, against what became of it; outages, kills and a machine that slept included. */
function assertCalibrated(all: readonly Said[]): void {
  const within = (ms: number) => all.filter(({ end, ended }) => Math.abs(ended - end) <= ms).length / all.length;
  const late = (cannot: boolean) => {
    const said = all.filter(each => each.due !== undefined && each.cannot === cannot);
    return { said: said.length, late: said.filter(({ due = 0, ended }) => ended > due).length };
  };
  const [can, cannot] = [late(false), late(true)];
  const share = (part: number) => `${Math.round(100 * part)} %`;
  console.log(
    `      of ${all.length}, foretold within half an hour: ${share(within(HOUR / 2))}, an hour: ${share(within(HOUR))}, two: ${share(within(2 * HOUR))}`,
  );
  console.log(
    `      promised in time: ${can.said}, late of them: ${can.late}; said to be late: ${cannot.said}, late of them: ${cannot.late}`,
  );
  assert.ok(all.every(({ ended }) => !Number.isNaN(ended)));
  assert.ok(within(HOUR) > 0.5);
  assert.ok(can.late <= 0.2 * can.said, 'who was promised that it can be done had it in time');
  assert.ok(
    cannot.said > 0 && cannot.late >= 0.5 * cannot.said,
    'who was told that it cannot be done was told so for a reason',
  );
}
