import assert from 'node:assert/strict';
import fc from 'fast-check';
import { globsMeet, prepareGlob } from '../../../src/core/plan/globs.ts';
import { type TaskEnd, TaskGraph } from '../../../src/core/plan/graph.ts';
import { poolOf, resolveNeed } from '../../../src/core/plan/needs.ts';
import { levelOf, Scheduler, type SchedulerOptions } from '../../../src/core/team/scheduler.ts';
import type { Plan, Task } from '../../../src/protocol/plan.ts';
import { anyPlan, planOf } from '../../support/plans.ts';

const OPTIONS: SchedulerOptions = { maxAgents: 8, maxCommands: 2, agingMs: 60_000 };

function schedule(plan: Plan, options: Partial<SchedulerOptions> = {}) {
  const started: string[] = [];
  const scheduler = new Scheduler({ ...OPTIONS, ...options }, task => started.push(task.id));
  scheduler.setPools(plan.pools);
  /** Makes tasks ready at times given in minutes. */
  const ready = (times: Record<string, number>) => {
    for (const [id, minutes] of Object.entries(times)) {
      scheduler.ready(plan.tasks.find(task => task.id === id) as Task, minutes * 60_000);
    }
  };
  return { scheduler, started, ready };
}

describe('the scheduler', () => {
  it('starts a task the moment it is ready', () => {
    const { started, ready } = schedule(planOf([{ id: 'a' }]));
    ready({ a: 0 });
    assert.deepEqual(started, ['a']);
  });

  it('starts no more agents than there may be, and the next when one ends', () => {
    const { scheduler, started, ready } = schedule(planOf([{ id: 'a' }, { id: 'b' }, { id: 'c' }]), { maxAgents: 2 });
    ready({ a: 0, b: 0, c: 0 });
    assert.deepEqual(started, ['a', 'b']);
    scheduler.ended('a');
    assert.deepEqual(started, ['a', 'b', 'c']);
  });

  it('keeps to the slots of a pool while other pools go on', () => {
    const plan = planOf([{ id: 'a', pool: 'one' }, { id: 'b', pool: 'one' }, { id: 'c' }], {
      pools: { one: { slots: 1 } },
    });
    const { scheduler, started, ready } = schedule(plan);
    ready({ a: 0, b: 0, c: 0 });
    assert.deepEqual(started, ['a', 'c']);
    scheduler.ended('a');
    assert.deepEqual(started, ['a', 'c', 'b']);
  });

  it('puts a task into the pool that lists its role', () => {
    const plan = planOf([{ id: 'a' }, { id: 'b' }], { pools: { one: { slots: 1, roles: ['worker'] } } });
    const { started, ready } = schedule(plan);
    ready({ a: 0, b: 0 });
    assert.deepEqual(started, ['a']);
  });

  it('lets commands and approvals run beside the agents', () => {
    const plan = planOf([
      { id: 'a' },
      { id: 'b', kind: 'command', run: 'x' },
      { id: 'c', kind: 'approval' },
      { id: 'd', kind: 'check', checks: [{ exists: ['x'] }] },
    ]);
    const { started, ready } = schedule(plan, { maxAgents: 1 });
    ready({ a: 0, b: 0, c: 0, d: 0 });
    assert.deepEqual(started, ['a', 'b', 'c', 'd']);
  });

  it('prefers the urgent, and those who wait longer among equals', () => {
    const plan = planOf([
      { id: 'a' },
      { id: 'low', priority: 'low' },
      { id: 'late' },
      { id: 'early' },
      { id: 'high', priority: 'high' },
      { id: 'ten', priority: 10 },
    ]);
    const { scheduler, started, ready } = schedule(plan, { maxAgents: 1 });
    ready({ a: 0, low: 0, late: 1, early: 0, high: 1, ten: 1 });
    for (let i = 0; i < 6; i++) scheduler.ended(started.at(-1) as string);
    assert.deepEqual(started, ['a', 'ten', 'high', 'early', 'late', 'low']);
  });

  it('lets no stream of urgent work keep a patient task waiting for ever', () => {
    const urgent = Array.from({ length: 50 }, (_, i) => ({ id: `u${i}`, priority: 'high' as const }));
    const { scheduler, started, ready } = schedule(planOf([...urgent, { id: 'patient', priority: 'low' }]), {
      maxAgents: 1,
    });
    ready({ u0: 0, patient: 0 });
    for (let minute = 1; minute < 50; minute++) {
      ready({ [`u${minute}`]: minute });
      scheduler.ended(started.at(-1) as string);
    }
    assert.equal(started.indexOf('patient'), levelOf('high') - levelOf('low'));
  });

  it('never runs two tasks whose claims meet', () => {
    const plan = planOf([
      { id: 'a', writes: ['src/**'] },
      { id: 'b', writes: ['src/b.ts'] },
      { id: 'c', writes: ['docs/**'] },
    ]);
    const { scheduler, started, ready } = schedule(plan);
    ready({ a: 0, b: 0, c: 0 });
    assert.deepEqual(started, ['a', 'c']);
    scheduler.ended('a');
    assert.deepEqual(started, ['a', 'c', 'b']);
  });

  it('starts nobody who claims a file that a task was given while it runs, until that task has ended', () => {
    const plan = planOf([
      { id: 'a', writes: ['src/**'] },
      { id: 'late', writes: ['package.json'] },
    ]);
    const { scheduler, started, ready } = schedule(plan);
    ready({ a: 0 });
    scheduler.grant('a', ['package.json']);
    scheduler.grant('a', ['package.json']);
    ready({ late: 1 });
    assert.deepEqual(started, ['a']);
    scheduler.ended('a');
    assert.deepEqual(started, ['a', 'late']);
  });

  it('keeps the place of a task that waits for many claims', () => {
    const plan = planOf([
      { id: 'a', writes: ['a/x'] },
      { id: 'all', writes: ['**'] },
      { id: 'b', writes: ['b/x'] },
    ]);
    const { scheduler, started, ready } = schedule(plan);
    ready({ a: 0, all: 1, b: 2 });
    assert.deepEqual(started, ['a']);
    scheduler.ended('a');
    assert.deepEqual(started, ['a', 'all']);
    scheduler.ended('all');
    assert.deepEqual(started, ['a', 'all', 'b']);
  });

  it('forgets a task that is withdrawn, and whoever waited for its claims goes on', () => {
    const plan = planOf([
      { id: 'a', writes: ['a/x'] },
      { id: 'all', writes: ['**'] },
      { id: 'b', writes: ['b/x'] },
    ]);
    const { scheduler, started, ready } = schedule(plan);
    ready({ a: 0, all: 1, b: 2 });
    scheduler.withdraw('all');
    assert.deepEqual(started, ['a', 'b']);
  });

  it('starts nothing while it is held, and everything afterwards', () => {
    const { scheduler, started, ready } = schedule(planOf([{ id: 'a' }, { id: 'b' }]));
    scheduler.hold();
    ready({ a: 0, b: 0 });
    assert.deepEqual(started, []);
    scheduler.resume();
    assert.deepEqual(started, ['a', 'b']);
  });

  it('bears a task that ends while it is being started', () => {
    const started: string[] = [];
    const scheduler: Scheduler = new Scheduler({ ...OPTIONS, maxAgents: 1 }, task => {
      started.push(task.id);
      scheduler.ended(task.id);
    });
    for (const task of planOf([{ id: 'a' }, { id: 'b' }, { id: 'c' }]).tasks) scheduler.ready(task, 0);
    assert.deepEqual(started, ['a', 'b', 'c']);
  });
});

const meets = (a: Task, b: Task) =>
  a.kind === 'agent' &&
  b.kind === 'agent' &&
  a.writes.some(x => b.writes.some(y => globsMeet(prepareGlob(x), prepareGlob(y))));

describe('graph and scheduler together, for any plan, pools, priorities and failures', () => {
  it('break no dependency, exceed no slot, mix no claims, leave no slot empty that could be used, and end', function () {
    this.timeout(30_000);
    const steps = fc.infiniteStream(
      fc.record({ pick: fc.nat(), end: fc.constantFrom<TaskEnd>('completed', 'completed', 'completed', 'failed') }),
    );
    fc.assert(
      fc.property(anyPlan(25), fc.integer({ min: 1, max: 5 }), steps, (plan, maxAgents, choices) => {
        const byId = new Map(plan.tasks.map(task => [task.id, task]));
        const graph = new TaskGraph(plan.pools);
        const ended = new Map<string, TaskEnd>();
        const running = new Set<string>();
        const readyAt = new Map<string, number>();
        let now = 0;
        const scheduler = new Scheduler({ maxAgents, maxCommands: 2, agingMs: 3 }, task => {
          for (const need of task.needs.map(resolveNeed)) {
            if (need.kind === 'task') {
              const end = ended.get(need.task);
              assert.ok(need.when === 'ended' ? end !== undefined : end === need.when, `${task.id} needs ${need.task}`);
            } else if (need.kind === 'phase') {
              for (const t of plan.tasks) assert.ok(t.phase !== need.phase || ended.has(t.id));
            }
          }
          for (const other of running) assert.ok(!meets(task, byId.get(other) as Task), `${task.id} beside ${other}`);
          running.add(task.id);
        });
        scheduler.setPools(plan.pools);
        const follow = ({ ready, skipped }: ReturnType<TaskGraph['end']>) => {
          for (const { task } of skipped) ended.set(task, 'skipped');
          for (const id of ready) {
            readyAt.set(id, now);
            scheduler.ready(byId.get(id) as Task, now);
          }
        };
        const rank = (id: string) => (readyAt.get(id) ?? 0) - 3 * levelOf(byId.get(id)?.priority ?? 0);
        const inLane = (ids: Iterable<string>, of: (task: Task) => boolean) =>
          [...ids].filter(id => of(byId.get(id) as Task)).length;
        const free = (task: Task) => {
          if (task.kind !== 'agent') return task.kind === 'approval' || inLane(running, t => t.kind === task.kind) < 2;
          const pool = poolOf(task, plan.pools);
          const slots = pool === undefined ? Infinity : (plan.pools[pool]?.slots ?? 0);
          const used = inLane(running, t => pool !== undefined && poolOf(t, plan.pools) === pool);
          return used < slots && inLane(running, t => t.kind === 'agent') < maxAgents;
        };
        follow(graph.add(plan.tasks));
        for (const { pick, end } of choices) {
          for (const [pool, { slots }] of Object.entries(plan.pools)) {
            assert.ok(inLane(running, t => poolOf(t, plan.pools) === pool) <= slots);
          }
          assert.ok(inLane(running, t => t.kind === 'agent') <= maxAgents);
          // What could start but has not may only be kept back by a claim.
          for (const [id] of readyAt) {
            const task = byId.get(id) as Task;
            if (ended.has(id) || running.has(id) || !free(task)) continue;
            const rivals = [...readyAt.keys()].filter(other => other !== id && !ended.has(other));
            assert.ok(
              rivals.some(
                other => meets(task, byId.get(other) as Task) && (running.has(other) || rank(other) <= rank(id)),
              ),
              `${id} idles`,
            );
          }
          if (running.size === 0) break;
          now++;
          const id = [...running][pick % running.size] as string;
          running.delete(id);
          ended.set(id, end);
          const consequences = graph.end(id, end);
          scheduler.ended(id);
          follow(consequences);
        }
        assert.equal(ended.size, plan.tasks.length, 'nothing is left behind');
        assert.equal(scheduler.waiting + scheduler.running, 0);
      }),
      { numRuns: 400 },
    );
  });
});
