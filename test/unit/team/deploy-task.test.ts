import assert from 'node:assert/strict';
import type { Landed } from '../../../src/core/delivery/branch-work.ts';
import type { Delivery } from '../../../src/core/delivery/state.ts';
import { AgentTask, DeployTask } from '../../../src/protocol/plan.ts';
import { answering, branchOf } from '../../support/branch-work.ts';
import { planOf } from '../../support/plans.ts';
import { finished, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

const commit = 'c'.repeat(40);
const landed: Landed = { ok: true, commit, branch: 'feature/x', ref: 'main' };
const delivery = {
  delivery: 'd1',
  branch: 'feature/x',
  target: 'main',
  authors: [{ agent: 'worker', task: 'build' }],
} as unknown as Delivery;
const stuck: Landed = {
  ok: false,
  reason: 'conflicted',
  message: 'feature/x does not fit main any more',
  fix: 'a.txt: <<<<<<< theirs',
  delivery,
};
const plan = (environment = 'production') =>
  planOf([
    AgentTask.parse({ id: 'build', title: 'Build', role: 'worker', instructions: 'Build it', writes: ['a.txt'] }),
    DeployTask.parse({ kind: 'deploy', id: 'live', title: 'Live', environment, needs: ['build'] }),
  ]);
const world = (branch: ReturnType<typeof branchOf> | undefined, more: Partial<TeamWorldOptions> = {}) =>
  new TeamWorld({
    plan: plan(),
    script: () => finished(),
    ...(branch && { ports: { branch: branch.branch } }),
    ...more,
  });
const why = ({ journal }: TeamWorld) => journal.state.tasks.get('live')?.note ?? '';

describe('a deploy task', () => {
  it('deploys exactly what has landed, in the name of the person who said yes to it', async () => {
    const branch = branchOf([{ asks: 'landing feature/x (a.txt; green: npm test) on main', lands: landed }]);
    const team = world(branch);
    const asked = answering(team, () => 'allow');
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(asked, ['landing feature/x (a.txt; green: npm test) on main, and deploy it to production']);
    assert.deepEqual(branch.deployed, [{ environment: 'production', commit, by: { kind: 'person', name: 'you' } }]);
  });

  it('asks for the deployment alone where a reviewer has said yes to the landing', async () => {
    const branch = branchOf([landed]);
    const team = world(branch);
    const asked = answering(team, () => 'allow');
    await team.run();
    assert.deepEqual(asked, ['Deploy cccccccccc (feature/x) to production']);
    assert.equal(branch.deployed.length, 1);
  });

  it('deploys nothing that nobody agreed to, whatever was approved beforehand', async () => {
    for (const answers of [[landed], [{ asks: 'landing', lands: landed }]]) {
      const refused = branchOf(answers);
      const team = world(refused, { settings: { approveAll: true } });
      answering(team, () => 'deny');
      assert.equal((await team.run()).outcome, 'failed');
      assert.deepEqual(refused.deployed, []);
      const alone = branchOf(answers);
      await world(alone, { settings: { approveAll: true } }).run();
      assert.deepEqual(alone.deployed, [], 'nobody is there');
    }
  });

  it('gives back to its author what does not fit the target, and lands it when that is mended', async () => {
    const branch = branchOf([stuck, landed]);
    const team = world(branch);
    answering(team, () => 'allow');
    assert.equal((await team.run()).outcome, 'completed');
    assert.equal(branch.tried.length, 2);
    const fix = team.jobs.find(({ task: of }) => of?.id === 'live-repair');
    assert.match(fix?.task?.instructions ?? '', /<<<<<<< theirs/);
    assert.equal(branch.deployed.length, 1);
  });

  it('gives up on what is mended again and again and still does not fit', async () => {
    const branch = branchOf([stuck]);
    const team = world(branch);
    answering(team, () => 'allow');
    assert.equal((await team.run()).outcome, 'failed');
    assert.equal(branch.tried.length, 3);
    assert.match(why(team), /does not fit main any more/);
    assert.deepEqual(branch.deployed, []);
  });

  it('says what is missing: a branch, an environment', async () => {
    const inPlace = world(undefined);
    await inPlace.run();
    assert.match(why(inPlace), /only what is on a branch of its own is deployed: write deliver: true/);
    const branch = branchOf([landed]);
    const unknown = world(branch, { plan: plan('moon') });
    await unknown.run();
    assert.equal(why(unknown), 'no "moon"');
    assert.deepEqual(branch.tried, []);
  });
});
