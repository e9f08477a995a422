import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type TaskEnd, TaskGraph } from '../../../src/core/plan/graph.ts';
import { resolveNeed } from '../../../src/core/plan/needs.ts';
import type { Plan } from '../../../src/protocol/plan.ts';
import { anyPlan, planOf } from '../../support/plans.ts';

const graphOf = (plan: Plan) => {
  const graph = new TaskGraph(plan.pools);
  return { graph, first: graph.add(plan.tasks) };
};

describe('the task graph', () => {
  it('frees a task when the last of its needs is met, and once only', () => {
    const { graph, first } = graphOf(planOf([{ id: 'a' }, { id: 'b' }, { id: 'c', needs: ['a', 'b'] }]));
    assert.deepEqual(first.ready, ['a', 'b']);
    assert.deepEqual(graph.end('a', 'completed').ready, []);
    assert.deepEqual(graph.end('b', 'completed').ready, ['c']);
    assert.deepEqual(graph.end('b', 'completed').ready, []);
  });

  it('skips what needs a failed task, and what needs that, each with its reason', () => {
    const { graph } = graphOf(planOf([{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['b'] }]));
    assert.deepEqual(graph.end('a', 'failed').skipped, [
      { task: 'b', reason: 'needs a, which failed', harmless: false },
      { task: 'c', reason: 'needs b, which was skipped', harmless: false },
    ]);
  });

  it('runs a task that reacts to failure only when there is one, and calls its absence harmless', () => {
    const tasks = [
      { id: 'a' },
      { id: 'mend', needs: [{ task: 'a', when: 'failed' as const }] },
      { id: 'x', needs: ['mend'] },
    ];
    assert.deepEqual(graphOf(planOf(tasks)).graph.end('a', 'failed').ready, ['mend']);
    const skipped = graphOf(planOf(tasks)).graph.end('a', 'completed').skipped;
    assert.deepEqual(
      skipped.map(({ task, harmless }) => [task, harmless]),
      [
        ['mend', true],
        ['x', true],
      ],
    );
  });

  it('runs a task that needs an end, however it comes', () => {
    const tasks = [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: [{ task: 'b', when: 'ended' as const }] }];
    assert.deepEqual(graphOf(planOf(tasks)).graph.end('a', 'failed').ready, ['c']);
  });

  it('waits for all of a phase and of a pool, an optional failure not counting', () => {
    const { graph } = graphOf(
      planOf(
        [
          { id: 'a', phase: 'build', optional: true },
          { id: 'b', phase: 'build', pool: 'dev' },
          { id: 'c', pool: 'dev' },
          { id: 'test', needs: [{ phase: 'build' }, { pool: 'dev' }] },
        ],
        { pools: { dev: { slots: 1 } } },
      ),
    );
    assert.deepEqual(graph.end('a', 'failed'), { ready: [], skipped: [] });
    assert.deepEqual(graph.end('b', 'completed'), { ready: [], skipped: [] });
    assert.deepEqual(graph.end('c', 'completed').ready, ['test']);
  });

  it('skips what needs a phase as soon as one of the phase fails', () => {
    const { graph } = graphOf(
      planOf([
        { id: 'a', phase: 'p' },
        { id: 'b', phase: 'p' },
        { id: 'c', needs: [{ phase: 'p' }] },
      ]),
    );
    assert.deepEqual(graph.end('a', 'failed').skipped, [
      { task: 'c', reason: 'needs phase p, of which a did not complete', harmless: false },
    ]);
  });

  it('waits for changes to be accepted, whether before or after the task completes', () => {
    const tasks = [{ id: 'a' }, { id: 'b', needs: [{ task: 'a', when: 'accepted' as const }] }];
    const late = graphOf(planOf(tasks)).graph;
    assert.deepEqual(late.end('a', 'completed').ready, []);
    assert.deepEqual(late.reviewed('a', 'accepted').ready, ['b']);
    const early = graphOf(planOf(tasks)).graph;
    assert.deepEqual(early.reviewed('a', 'accepted').ready, []);
    assert.deepEqual(early.end('a', 'completed').ready, ['b']);
    const never = graphOf(planOf(tasks)).graph;
    never.end('a', 'completed');
    assert.deepEqual(never.reviewed('a', 'rejected').skipped, [
      { task: 'b', reason: 'needs the changes of a, which were rejected', harmless: false },
    ]);
  });

  it('takes tasks that come later and need what has ended', () => {
    const { graph } = graphOf(planOf([{ id: 'a' }]));
    graph.end('a', 'completed');
    assert.deepEqual(graph.add(planOf([{ id: 'b', needs: ['a'] }]).tasks).ready, ['b']);
  });

  it('agrees with a plain recount after every end of any plan', function () {
    this.timeout(30_000);
    const ends = fc.infiniteStream(fc.tuple(fc.nat(), fc.constantFrom<TaskEnd>('completed', 'completed', 'failed')));
    fc.assert(
      fc.property(anyPlan(), ends, (plan, choices) => {
        const { graph, first } = graphOf(plan);
        const ready = new Set(first.ready);
        const ended = new Map<string, TaskEnd>();
        for (const { task } of first.skipped) ended.set(task, 'skipped');
        for (const [at, end] of choices) {
          assert.deepEqual([...ready].sort(), recount(plan, ended).sort());
          if (ready.size === 0) break;
          const id = [...ready][at % ready.size] as string;
          ready.delete(id);
          ended.set(id, end);
          const next = graph.end(id, end);
          for (const task of next.ready) ready.add(task);
          for (const { task } of next.skipped) ended.set(task, 'skipped');
        }
        assert.equal(ended.size, plan.tasks.length, 'every task ends');
      }),
      { numRuns: 300 },
    );
  });
});

/** Ids that may start, found the slow way: by asking every task about all its needs. */
function recount(plan: Plan, ended: ReadonlyMap<string, TaskEnd>): string[] {
  return plan.tasks
    .filter(task => !ended.has(task.id))
    .filter(task =>
      task.needs.map(resolveNeed).every(need => {
        if (need.kind === 'task') {
          const end = ended.get(need.task);
          return need.when === 'ended' ? end !== undefined : end === need.when;
        }
        return plan.tasks.filter(t => need.kind === 'phase' && t.phase === need.phase).every(t => ended.has(t.id));
      }),
    )
    .map(task => task.id);
}
