import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createCommandJudge } from '../../../src/core/agent/command-policy.ts';
import { planHash } from '../../../src/core/plan/approval.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { settle } from '../../support/fake-clock.ts';
import { planOf } from '../../support/plans.ts';
import { TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

const command = (id: string, run: string) => ({ kind: 'command' as const, id, title: id, run });
const asks = () => ({ verdict: 'ask' as const, rule: 'unknown-command', advice: '' });
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const worldOf = (options: TeamWorldOptions) =>
  new TeamWorld({ plan: planOf([command('ship', './ship')]), present: true, judge: asks, ...options });

/** What is asked about commands until nothing more happens. */
async function askedBy(team: TeamWorld): Promise<string[]> {
  void team.session.run();
  await settle();
  return [...team.journal.state.asks.values()].flatMap(({ request }) =>
    request.type === 'permission-asked' && request.kind === 'command' ? [request.what] : [],
  );
}

/** The journal of a session that was cut off when its plan had just been approved. */
async function approvedJournal(
  approve: (event: JournalEvent) => JournalEvent,
): Promise<NonNullable<TeamWorldOptions['earlier']>> {
  const team = worldOf({ settings: { approvePlan: true }, commands: () => 'hang' });
  void team.session.run();
  await settle();
  await team.session.plans.approve('user');
  await settle();
  const { events } = team.journal;
  const upTo = events.findIndex(({ type }) => type === 'plan-approved');
  assert.ok(upTo > 0);
  return {
    events: events.slice(0, upTo + 1).map(event => (event.type === 'plan-approved' ? approve(event) : event)),
    blobs: team.journal.blobs,
    workspace: team.files,
  };
}

describe('a command of the plan that the policy asks about', () => {
  it('runs unasked where the user agreed to that very plan', async () => {
    const team = worldOf({ settings: { approvePlan: true } });
    void team.session.run();
    await settle();
    await team.session.plans.approve('user');
    await settle();
    assert.deepEqual(team.commands, ['./ship']);
    const [approved] = team.journal.of('plan-approved');
    assert.ok(team.journal.state.plan);
    assert.equal(approved?.hash, planHash(team.journal.state.plan, hashOf));
  });

  it('is asked about where --yes stood for the approval, also when it is resumed without', async () => {
    const first = worldOf({ settings: { approvePlan: false } });
    assert.deepEqual(await askedBy(first), ['./ship']);
    assert.deepEqual(first.commands, []);
    const { events, blobs } = first.journal;
    const upTo = events.findIndex(({ type }) => type === 'plan-approved') + 1;
    const again = worldOf({
      earlier: { events: events.slice(0, upTo), blobs, workspace: first.files },
      resume: {},
      settings: { approvePlan: true },
    });
    assert.deepEqual(await askedBy(again), ['./ship']);
    assert.deepEqual(again.commands, []);
  });

  it('runs unasked after a resume, whatever the setting says now', async () => {
    const team = worldOf({
      earlier: await approvedJournal(event => event),
      resume: {},
      settings: { approvePlan: false },
    });
    assert.deepEqual(await askedBy(team), []);
    assert.deepEqual(team.commands, ['./ship']);
  });

  for (const [what, approve] of [
    ['names no hash', ({ hash: _, ...event }) => event],
    ['names the hash of another plan', event => ({ ...event, hash: 'a'.repeat(64) })],
    ['was not given by the user', event => ({ ...event, by: 'orchestrator' })],
  ] satisfies [string, (event: JournalEvent & { hash?: string }) => JournalEvent][])
    it(`is asked about where the approval ${what}`, async () => {
      const team = worldOf({
        earlier: await approvedJournal(approve as (event: JournalEvent) => JournalEvent),
        resume: {},
        settings: { approvePlan: true },
      });
      assert.deepEqual(await askedBy(team), ['./ship']);
      assert.deepEqual(team.commands, []);
    });

  it('is asked about when it came with a revision that the user did not make', async () => {
    const plan = planOf([command('first', './ship'), { ...command('second', './other'), needs: ['first'] }]);
    const team = new TeamWorld({ plan, present: true, judge: asks, settings: { approvePlan: true } });
    void team.session.run();
    await settle();
    await team.session.plans.approve('user');
    await team.session.plans.revise(planOf([command('first', './ship'), command('third', './ship --force')]), 'replan');
    await settle();
    assert.ok(!team.commands.includes('./ship --force'), team.commands.join());
    const open = [...team.journal.state.asks.values()].map(({ request }) => 'what' in request && request.what);
    assert.ok(open.includes('./ship --force'), open.join());
  });

  it('is always asked about where a rule of the user’s own does, whatever stands around it', async () => {
    const policy = createCommandJudge({ roots: ['/w'], shell: 'posix', rules: { ask: ['make *', 'npm *'] } });
    for (const run of [
      'make all',
      'git status && make all',
      './unknown && make all',
      'make all; ./unknown',
      'env make all',
      'timeout 5 make all',
      'sh -c "make all"',
      'FOO=1 make all',
      'make all > out.txt',
      'npm test',
    ]) {
      const team = worldOf({
        plan: planOf([command('ship', run)]),
        judge: line => policy(line),
        settings: { approvePlan: true },
      });
      void team.session.run();
      await settle();
      await team.session.plans.approve('user');
      await settle();
      assert.deepEqual(team.commands, [], run);
      const open = [...team.journal.state.asks.values()].map(({ request }) => 'what' in request && request.what);
      assert.deepEqual(open, [run]);
    }
  });
});
