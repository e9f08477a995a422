import assert from 'node:assert/strict';
import { planOf } from '../../support/plans.ts';
import { finished, TeamWorld } from '../../support/team-world.ts';

describe('a decision that binds others', () => {
  it('reaches the agents at work at once and who begins later with the task, its own agent not, as data', async () => {
    const world = new TeamWorld({
      plan: planOf([
        { id: 'server' },
        { id: 'page' },
        { id: 'docs', needs: ['page'] },
        { id: 'after', needs: ['server'] },
      ]),
      script: async ({ job, append, nudged, pass }) => {
        const { agent, task } = job;
        if (task?.id === 'server') {
          await pass(1000);
          const noted = { type: 'decision-noted', by: agent, rationale: 'they sort', task: 'server' } as const;
          append({ ...noted, text: 'Ids are numbers', binds: true });
          append({ ...noted, text: 'Names are short' });
        }
        if (task?.id === 'page')
          assert.match(await nudged(), /<data \w+>\n\S+ \(task server\): Ids are numbers \(they sort\)/);
        return finished();
      },
    });
    assert.equal((await world.run()).outcome, 'completed');
    assert.deepEqual(
      world.nudges.map(({ agent }) => world.journal.state.agents.get(agent)?.task),
      ['page'],
    );
    const promptOf = (id: string) => world.jobs.find(({ task }) => task?.id === id)?.prompt ?? '';
    assert.match(promptOf('docs'), /Decisions that bind all tasks:\n<data \w+>\n\S+ \(task server\): Ids are numbers/);
    assert.ok(!promptOf('docs').includes('Names are short'));
    // Who needs the task is told of its decisions anyway.
    assert.match(promptOf('after'), /Decided: Ids are numbers \(they sort\)/);
    assert.ok(!promptOf('after').includes('bind all tasks'));
  });
});
