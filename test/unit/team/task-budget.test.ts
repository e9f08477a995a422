import assert from 'node:assert/strict';
import { planOf } from '../../support/plans.ts';
import { finished, type Stage, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

/** A model call of the agent, for so much. */
function pay({ job: { agent, task }, append }: Stage, cost: number): void {
  const call = `paid-${agent}`;
  const model = 'anthropic/big';
  append({ type: 'call-intent', call, agent, ...(task && { task: task.id }), turn: 1, attempt: 1, model });
  append({ type: 'call-outcome', call, result: { ok: true, stop: 'tool-calls' }, usage: {}, cost, ms: 1 });
}

/** Pays, and goes silent until it is replaced; the second attempt finishes. */
const twice = (costs: number[], raise?: number) => {
  const script = async (stage: Stage) => {
    const { job, append, hang } = stage;
    if (raise !== undefined && job.attempt === 1)
      append({ type: 'budget-changed', scope: 'agent', key: job.agent, limit: raise, by: 'user' });
    pay(stage, costs[job.attempt - 1] ?? 0);
    return job.attempt === 1 ? hang() : finished();
  };
  const options: TeamWorldOptions = { plan: planOf([{ id: 'a', budgetUsd: 0.5 }]), script };
  return new TeamWorld(options);
};
const limits = (team: TeamWorld) =>
  team.journal.of('budget-changed').flatMap(({ key, limit, by }) => (by === 'scheduler' ? [[key, limit]] : []));

describe("a task's budget", () => {
  it('is one for all its attempts: the second agent may spend what the first has left', async () => {
    const team = twice([2e8, 1e8]);
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(limits(team), [
      ['worker-1', 5e8],
      ['worker-2', 3e8],
    ]);
  });

  it('leaves nothing when it was spent', async () => {
    const team = twice([5e8]);
    await team.run();
    assert.deepEqual(limits(team).at(-1), ['worker-2', 0]);
  });

  it('is raised with the limit of its agent', async () => {
    const team = twice([6e8, 1e8], 9e8);
    await team.run();
    assert.deepEqual(limits(team).at(-1), ['worker-2', 3e8]);
  });
});
