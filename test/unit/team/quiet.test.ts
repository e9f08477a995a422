import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Quiet } from '../../../src/core/team/quiet.ts';
import { planOf } from '../../support/plans.ts';
import { finished, TeamWorld } from '../../support/team-world.ts';

const never = new AbortController().signal;

describe('checks that need the workspace quiet', () => {
  it('never run while another task writes, nor two at once, and all end, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 24 }), async moves => {
        const quiet = new Quiet();
        const writing = new Set<number>();
        let running: number | undefined;
        const task = async (id: number, steps: number) => {
          for (let step = 0; step < steps; step++) {
            const leave = await quiet.enter(String(id), never);
            assert.ok(running === undefined || running === id, 'nobody begins while a check runs alone');
            writing.add(id);
            for (let n = 0; n < id + step; n++) await Promise.resolve();
            // Its agent is at work still, and waits for the check.
            writing.delete(id);
            await quiet.alone(
              String(id),
              async () => {
                assert.equal(running, undefined, 'one at a time');
                running = id;
                for (let n = 0; n < 3; n++) {
                  await Promise.resolve();
                  assert.deepEqual([...writing], []);
                }
                running = undefined;
              },
              never,
            );
            leave();
          }
        };
        const steps = [0, 1, 2, 3].map(id => moves.filter(move => move === id).length);
        await Promise.all(steps.map((count, id) => task(id, count)));
      }),
      { numRuns: 300 },
    );
  });

  it('let go when the session stops', async () => {
    const quiet = new Quiet();
    const stop = new AbortController();
    const leave = await quiet.enter('a', never);
    const check = quiet.alone('b', async () => 'ran', stop.signal);
    stop.abort();
    assert.equal(await check, undefined);
    leave();
    assert.equal(await quiet.alone('b', async () => 'ran', never), 'ran');
  });

  it('a check that says alone waits for who writes, says so, and keeps nobody from reviewing', async () => {
    const order: string[] = [];
    const world = new TeamWorld({
      plan: planOf([
        { id: 'slow', writes: ['slow/**'] },
        { id: 'later', needs: ['fast'], writes: ['later/**'] },
        { id: 'fast', writes: ['fast/**'], checks: [{ run: 'test all', alone: true }, { run: 'test fast' }] },
        { kind: 'check', id: 'sum', needs: ['later'], checks: [{ run: 'test sum', alone: true }] },
      ]),
      script: async ({ job, pass }) => {
        order.push(`${job.task?.id} begins`);
        await pass(job.task?.id === 'slow' ? 60_000 : 1000);
        order.push(`${job.task?.id} ends`);
        return finished();
      },
      commands: command => {
        order.push(command);
        return {};
      },
    });
    assert.equal((await world.run()).outcome, 'completed');
    assert.deepEqual(order, [
      'slow begins',
      'fast begins',
      'fast ends',
      'slow ends',
      'test all',
      'test fast',
      'later begins',
      'later ends',
      'test sum',
    ]);
    assert.match(
      world.journal.of('notice').find(({ code }) => code === 'waits-for-quiet')?.text ?? '',
      /A check of fast \(.*test all.*\) waits until slow no longer writes\./,
    );
  });
});
