import assert from 'node:assert/strict';
import { planOf } from '../../support/plans.ts';
import { finished, gaveUp, type Script, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

const ENDED = new Set(['completed', 'failed', 'skipped', 'cancelled']);

/** Findings and verdicts that depend on the round only, so that a reviewer who starts over says the same again. */
const script: Script = async ({ job, append, pass, write }) => {
  const { agent, kind, attempt, task } = job;
  const id = task?.id ?? '';
  append({ type: 'agent-doing', agent, what: kind });
  await pass(100);
  if (kind === 'review') {
    const first = agent === 'reviewer-1';
    if (first) {
      append({ type: 'finding-added', finding: `${agent}-f`, agent, task: id, severity: 'blocker', text: 'wrong' });
    }
    append({ type: 'verdict', agent, task: id, approve: !first, text: 'looked' });
    return { outcome: 'finished', summary: 'looked', verdict: { approve: !first, text: 'looked' } };
  }
  if (id === 'stubborn' && kind !== 'escalation') return gaveUp(`no ${attempt}`);
  if (id === 'hopeless') return gaveUp('never', 'blocked');
  if (id === 'api') {
    const blob = 'a'.repeat(64);
    append({
      type: 'artifact-published',
      artifact: 'contract',
      version: 1,
      agent,
      task: id,
      mediaType: 'text/plain',
      blob,
      bytes: 1,
    });
  }
  write(`${id}.txt`, `${id} by ${kind}`);
  await pass(100);
  return finished(`${id} done`);
};

const plan = planOf(
  [
    { id: 'api', phase: 'setup', publishes: ['contract'] },
    {
      id: 'server',
      phase: 'build',
      needs: ['api'],
      consumes: ['contract'],
      writes: ['server.txt'],
      checks: [{ exists: ['server.txt'] }],
    },
    { id: 'page', phase: 'build', needs: ['api'], writes: ['page.txt'], review: { role: 'reviewer' } },
    { id: 'stubborn', phase: 'build', writes: ['stubborn.txt'] },
    { id: 'hopeless', optional: true },
    { id: 'mend', needs: [{ task: 'hopeless', when: 'failed' }] },
    { id: 'after', needs: ['hopeless'], optional: true },
    {
      id: 'verify',
      kind: 'check',
      phase: 'check',
      needs: [{ phase: 'build' }],
      checks: [{ exists: ['page.txt'] }, { artifact: 'contract' }],
    },
  ],
  { phases: ['setup', 'build', 'check'] },
);

const options: TeamWorldOptions = { plan, script };

describe('a session cut off after any event of its journal', () => {
  it('resumes to the same end, and runs no finished task again', async function () {
    this.timeout(60_000);
    const whole = new TeamWorld(options);
    const end = await whole.run();
    assert.deepEqual(whole.statuses(), {
      api: 'completed',
      server: 'completed',
      page: 'completed',
      stubborn: 'completed',
      hopeless: 'failed',
      mend: 'completed',
      after: 'skipped',
      verify: 'completed',
    });
    assert.equal(end.outcome, 'completed');
    const rounds = whole.journal.state.tasks.get('page')?.rounds.map(round => round.kind);
    assert.deepEqual(rounds, ['implement', 'review', 'fix', 'review']);
    for (let cut = 0; cut < whole.journal.events.length; cut++) {
      const events = whole.journal.events.slice(0, cut);
      const at = `after event ${cut} of ${whole.journal.events.length} (${events.at(-1)?.type})`;
      const world = new TeamWorld({
        ...options,
        earlier: { events: structuredClone(events), blobs: whole.journal.blobs, workspace: whole.files },
      });
      const done = new Set(
        [...world.journal.state.tasks].filter(([, { status }]) => ENDED.has(status)).map(([id]) => id),
      );
      const endedBefore = world.journal.state.status === 'ended';
      assert.deepEqual(await world.run(), end, at);
      assert.deepEqual(world.statuses(), whole.statuses(), at);
      for (const job of world.jobs) assert.ok(!done.has(job.task?.id ?? ''), `${at}: ${job.task?.id} ran again`);
      if (endedBefore) assert.equal(world.jobs.length, 0, at);
      const kinds = world.journal.state.tasks.get('page')?.rounds.map(round => round.kind);
      assert.deepEqual(kinds, rounds, at);
      assert.equal(world.journal.state.escalations, whole.journal.state.escalations, at);
      assert.equal(world.clock.pending, 0, at);
    }
  });
});
