import assert from 'node:assert/strict';
import fc from 'fast-check';
import { unfinished } from '../../../src/core/team/completion.ts';
import { DEFAULTS } from '../../../src/core/team/options.ts';
import { anyPlan } from '../../support/plans.ts';
import { finished, gaveUp, type Script, TeamWorld } from '../../support/team-world.ts';

const ENDED = new Set(['completed', 'failed', 'skipped', 'cancelled']);
const AT_WORK = new Set(['running', 'paused', 'waiting']);

/** Agents that succeed or fail by their task and attempt, so that a resumed run sees the same. */
const fated =
  (fates: number[]): Script =>
  async ({ job, pass }) => {
    const fate = fates[(Number(job.task?.id.slice(1)) * 7 + job.attempt) % fates.length] ?? 0;
    await pass(10 + fate * 10);
    return fate > 6 ? gaveUp('fate', fate > 8 ? 'blocked' : 'no-finish') : finished();
  };

describe('any session, whatever its plan and its agents', () => {
  it('ends with every task ended, no agent at work, no slot exceeded and no timer left', async function () {
    this.timeout(120_000);
    const fates = fc.array(fc.nat({ max: 9 }), { minLength: 5, maxLength: 12 });
    const property = fc.asyncProperty(
      anyPlan(12),
      fates,
      fc.integer({ min: 1, max: 3 }),
      async (plan, fate, maxAgents) => {
        const team = new TeamWorld({
          plan,
          files: { x: 'x' },
          script: fated(fate),
          settings: { scheduler: { ...DEFAULTS.scheduler, maxAgents } },
        });
        let most = 0;
        team.journal.subscribe(() => {
          const busy = [...team.journal.state.agents.values()].filter(agent => AT_WORK.has(agent.status));
          most = Math.max(most, busy.length);
        });
        const { outcome } = await team.run();
        assert.ok(
          Object.values(team.statuses()).every(status => ENDED.has(status)),
          JSON.stringify(team.statuses()),
        );
        assert.ok(most <= maxAgents, `${most} agents at once`);
        assert.ok([...team.journal.state.agents.values()].every(agent => !AT_WORK.has(agent.status)));
        assert.equal(outcome, unfinished(team.journal.state).length === 0 ? 'completed' : 'failed');
        assert.equal(team.clock.pending, 0);
        assert.equal(team.journal.state.phases.filter(phase => phase.endedAt === undefined).length, 0);
      },
    );
    await fc.assert(property, { numRuns: 120 });
  });

  it('comes to the same end when it is cut off anywhere, more than once', async function () {
    this.timeout(120_000);
    const fates = fc.array(fc.nat({ max: 9 }), { minLength: 5, maxLength: 12 });
    const cuts = fc.array(fc.nat(), { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(anyPlan(8), fates, cuts, async (plan, fate, where) => {
      // A command that was cut off is never run again: such plans rightly end otherwise.
      if (plan.tasks.some(task => task.kind === 'command')) return;
      const options = { plan, files: { x: 'x' }, script: fated(fate) };
      const whole = new TeamWorld(options);
      const end = await whole.run();
      let { events } = whole.journal;
      for (const cut of where) {
        const earlier = {
          events: structuredClone(events.slice(0, cut % events.length)),
          blobs: new Map(),
          workspace: whole.files,
        };
        const team = new TeamWorld({ ...options, earlier });
        const done = new Set(
          Object.entries(team.statuses())
            .filter(([, status]) => ENDED.has(status))
            .map(([id]) => id),
        );
        assert.equal((await team.run()).outcome, end.outcome);
        assert.deepEqual(team.statuses(), whole.statuses());
        assert.ok(team.jobs.every(job => !done.has(job.task?.id ?? '')));
        events = team.journal.events;
      }
    });
    await fc.assert(property, { numRuns: 250 });
  });
});
