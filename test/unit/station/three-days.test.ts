import assert from 'node:assert/strict';
import type { RunRequest } from '../../../src/core/station/contract.ts';
import { forecast } from '../../../src/core/station/forecast.ts';
import { standingWorkflows } from '../../../src/core/station/standing-workflows.ts';
import { AgentTask } from '../../../src/protocol/plan.ts';
import { Workflow } from '../../../src/protocol/workflow.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { type Act, member, type Standing, standing } from '../../support/station-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ITEMS = 500;

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

  it('do all of 500 items once, though it is killed, models fail and the machine sleeps; what it foretells mostly holds', async () => {
    const random = numbers(7);
    const clock = new FakeClock(Date.UTC(2026, 10, 2, 0, 30));
    const disk = new Disk();
    const done = new Map<string, number>();
    const members = Array.from({ length: 8 }, (_, i) => member(`m${i}`, { pool: i < 4 ? 'build' : 'test' }));
    const workflows = standingWorkflows([hourly]).standing;
    let outage = false;
    const length = new Map<string, number>();
    const act = ({ session, goal }: RunRequest): Act => {
      if (outage) return { ms: 0, refused: { ok: false, message: 'no model answers', retry: 'soon' } };
      if (!length.has(session)) length.set(session, (goal === 'hourly' ? 5 : 45 + 30 * random()) * MINUTE);
      return { ms: length.get(session) as number };
    };
    const given = { members, disk, beside: true, done, workflows, settings: { resumes: 20 } };
    const opened: Standing['runs']['opened'] = [];
    let team = await standing(clock, act, given);
    const foretold = new Map<string, number>();
    let added = 0;
    let most = 0;
    for (let step = 0; step < 3 * 24 * 4; step++) {
      for (let n = 0; n < 2 && added < ITEMS; n++) {
        const target = random() < 0.5 ? 'build' : 'test';
        const due = random() < 0.1 ? { due: clock.now() + 12 * HOUR } : {};
        const id = team.add(`work ${added++}`, { target, priority: Math.floor(random() * 8), ...due });
        const told = forecast(team.state, { now: clock.now(), alone: () => false }).get(id);
        if (told) foretold.set(id, told.end);
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
      most = Math.max(most, team.state.items.size);
    }
    await clock.advance(24 * HOUR);
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
    assert.ok(most < 700, `${most} items were kept at most`);
    const ends = new Map([...team.state.items.values()].map(({ id, endedAt }) => [id, endedAt]));
    const errors = [...foretold].flatMap(([id, end]) => {
      const ended = ends.get(id);
      return ended === undefined ? [] : [Math.abs(ended - end)];
    });
    const near = errors.filter(error => error <= HOUR).length;
    console.log(`      foretold within an hour: ${near} of ${errors.length}`);
    assert.ok(near / errors.length > 0.5);
  });
});
