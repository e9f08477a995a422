import assert from 'node:assert/strict';
import { checkPlan } from '../../../src/core/plan/parse.ts';
import { Task, taskSchemas } from '../../../src/protocol/plan.ts';
import { answering, branchOf } from '../../support/branch-work.ts';
import { planOf } from '../../support/plans.ts';
import { TeamWorld } from '../../support/team-world.ts';

const plan = () => planOf([{ id: 'build' }, { id: 'ship', kind: 'command', run: 'ship it', needs: ['build'] }]);
/** As another version may have written it. */
const teleport = (task: object | undefined) => Object.assign(task ?? {}, { kind: 'teleport' });

describe('a task of a kind that does not exist', () => {
  it('is no plan, and the answer names the kinds there are', () => {
    const unknown = plan();
    teleport(unknown.tasks[1]);
    const checked = checkPlan(unknown, {});
    assert.ok(!checked.ok);
    assert.equal(checked.problems.length, 1);
    const said = checked.problems[0]?.message ?? '';
    assert.match(said, /^tasks\[1\]\.kind must be /);
    for (const kind of Object.keys(taskSchemas)) assert.ok(said.includes(kind), kind);
  });

  it('ends a session that holds one all the same with an error, and is never journaled as started', async () => {
    const earlier = new TeamWorld({ plan: plan() });
    await earlier.run();
    const { events, blobs } = earlier.journal;
    // Up to the start of its first task.
    const begun = events.slice(
      0,
      events.findIndex(({ type }) => type === 'task-started'),
    );
    for (const event of begun) if (event.type === 'plan-proposed') teleport(event.plan.tasks[1]);
    const world = new TeamWorld({ earlier: { events: begun, blobs, workspace: earlier.files } });
    const result = await world.run();
    assert.equal(result.outcome, 'failed');
    assert.match(result.reason, /teleport/);
    assert.ok(!world.journal.of('task-started').some(({ task }) => task === 'ship'));
    assert.deepEqual(world.commands, []);
  });
});

describe('a task of each kind', () => {
  const least: Record<keyof typeof taskSchemas, Record<string, unknown>> = {
    agent: { role: 'worker', instructions: 'Do it' },
    command: { run: 'true' },
    check: { checks: [{ exists: ['a.txt'] }] },
    approval: {},
    deploy: { environment: 'production' },
  };
  for (const [kind, fields] of Object.entries(least)) {
    it(`is journaled as started and taken to its end: ${kind}`, async () => {
      const task = Task.parse({ id: 'it', kind, title: 'It', ...fields });
      const world = new TeamWorld({
        plan: planOf([task]),
        files: { 'a.txt': 'there' },
        settings: { approveAll: true },
        ports: { branch: branchOf([{ ok: true, commit: 'c'.repeat(40), branch: 'feature/x', ref: 'main' }]).branch },
      });
      answering(world, () => 'allow');
      await world.run();
      assert.deepEqual(
        world.journal.of('task-started').map(({ task: id, attempt }) => [id, attempt]),
        [['it', 1]],
      );
      assert.deepEqual(world.statuses(), { it: 'completed' });
    });
  }
});
