import assert from 'node:assert/strict';
import { settle } from '../../support/fake-clock.ts';
import { planOf } from '../../support/plans.ts';
import { finished, TeamWorld } from '../../support/team-world.ts';

describe('a session', () => {
  it('runs its tasks in the order of their needs, side by side where it can, and completes', async () => {
    const running = new Set<string>();
    const seen: string[] = [];
    const world = new TeamWorld({
      plan: planOf([{ id: 'a' }, { id: 'b' }, { id: 'c', needs: ['a', 'b'] }]),
      script: async ({ job, pass }) => {
        running.add(job.task?.id ?? '');
        seen.push([...running].join('+'));
        await pass(1000);
        running.delete(job.task?.id ?? '');
        return finished();
      },
    });
    assert.deepEqual(await world.run(), { outcome: 'completed', reason: 'everything on the checklist holds' });
    assert.deepEqual(seen, ['a', 'a+b', 'c']);
    assert.equal(world.clock.pending, 0);
    assert.equal(world.journal.events.at(-1)?.type, 'session-ended');
  });

  it('skips what needed a failed task, and says that work is left', async () => {
    const world = new TeamWorld({
      plan: planOf([{ id: 'a' }, { id: 'b', needs: ['a'] }]),
      settings: { roles: [] },
    });
    const { outcome, reason } = await world.run();
    assert.equal(outcome, 'failed');
    assert.match(reason, /^task a failed: .*; for that b was not started$/);
    assert.deepEqual(
      world.journal.of('task-skipped').map(e => e.reason),
      ['needs a, which failed'],
    );
  });

  it('marks the beginning and the end of each phase', async () => {
    const world = new TeamWorld({
      plan: planOf([
        { id: 'a', phase: 'one' },
        { id: 'b', phase: 'two', needs: [{ phase: 'one' }] },
      ]),
    });
    await world.run();
    const marks = world.journal.events.flatMap(e =>
      e.type === 'phase-started' || e.type === 'phase-ended' ? [`${e.type} ${e.phase}`] : [],
    );
    assert.deepEqual(marks, ['phase-started one', 'phase-ended one', 'phase-started two', 'phase-ended two']);
  });

  it('stops cleanly, and goes on with the same agent when it is resumed', async () => {
    const plan = planOf([{ id: 'a' }, { id: 'b', needs: ['a'] }]);
    const first = new TeamWorld({ plan, script: ({ job, hang }) => (job.task?.id === 'a' ? finished() : hang()) });
    const run = first.session.run();
    await settle();
    first.session.stop('Ctrl-C');
    assert.deepEqual(await first.clock.until(run), { outcome: 'interrupted', reason: 'Ctrl-C' });
    assert.deepEqual(first.statuses(), { a: 'completed', b: 'running' });
    const second = new TeamWorld({
      earlier: { events: first.journal.events, blobs: first.journal.blobs, workspace: first.files },
    });
    assert.equal((await second.run()).outcome, 'completed');
    assert.deepEqual(
      second.jobs.map(job => job.agent),
      ['worker-2'],
    );
  });

  it('aborts for good: agents end, tasks are cancelled', async () => {
    const world = new TeamWorld({
      plan: planOf([{ id: 'a' }, { id: 'b', needs: ['a'] }]),
      script: ({ hang }) => hang(),
    });
    const run = world.session.run();
    await settle();
    world.session.abort('enough');
    assert.deepEqual(await world.clock.until(run), { outcome: 'aborted', reason: 'enough' });
    assert.deepEqual(world.statuses(), { a: 'cancelled', b: 'cancelled' });
    assert.equal(world.journal.state.agents.get('worker-1')?.status, 'aborted');
    const again = new TeamWorld({
      earlier: { events: world.journal.events, blobs: world.journal.blobs, workspace: world.files },
    });
    assert.deepEqual(
      await again.run(),
      { outcome: 'aborted', reason: '2 tasks were cancelled (a, b): enough' },
      'nothing was done, so a resume does not end well',
    );
  });

  it('gives up an agent that does not end when it is told to', async () => {
    const world = new TeamWorld({ plan: planOf([{ id: 'a' }]), script: () => new Promise(() => {}) });
    const run = world.session.run();
    await settle();
    world.session.abort('enough');
    assert.equal((await world.clock.until(run)).outcome, 'aborted');
  });

  it('ends with the cause when something of ours breaks, and lets nobody wait', async () => {
    const world = new TeamWorld({
      plan: planOf([{ id: 'a' }, { id: 'b' }]),
      settings: { limits: undefined as never },
    });
    const { outcome } = await world.run();
    assert.equal(outcome, 'failed');
    assert.match(world.journal.state.tasks.get('a')?.note ?? '', /^internal error: /);
  });
});
