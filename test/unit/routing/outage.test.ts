import assert from 'node:assert/strict';
import { outageText } from '../../../src/core/routing/outage.ts';
import type { Outage } from '../../../src/protocol/message.ts';
import { planOf } from '../../support/plans.ts';
import { stage } from '../../support/router-stage.ts';
import { finished, TeamWorld } from '../../support/team-world.ts';

describe('when no model answers', () => {
  it('the turn names what was wrong with each, and until when', async () => {
    const s = stage({
      a: [{ fail: 'auth', status: 401 }],
      b: [{ fail: 'rate-limit', afterMs: 3_600_000 }],
      c: [{ fail: 'model-missing', status: 404 }],
    });
    const { last } = await s.collect();
    assert.ok(last?.type === 'failed' && last.failure.reason === 'exhausted');
    const until = s.clock.now() + 3_600_000;
    assert.deepEqual(last.failure.outage, [
      { model: 'a/m', error: 'auth', message: 'scripted auth' },
      { model: 'b/m', error: 'rate-limit', message: 'scripted rate-limit', until },
      { model: 'c/m', error: 'model-missing', message: 'scripted model-missing' },
    ]);
  });

  it('a key that was refused is told once for all models of its provider', () => {
    const refused = (model: string) => ({ model, error: 'auth' as const, message: 'invalid x-api-key' });
    const limited = { model: 'b/m', error: 'rate-limit' as const, message: 'slow down', until: Date.UTC(2026, 10, 21) };
    assert.equal(
      outageText([refused('a/one'), limited, refused('a/two')]),
      'a refused its key: invalid x-api-key; b/m takes no more requests until 2026-11-21 00:00 UTC: slow down',
    );
  });

  it('the task that failed keeps the cause, and loses it when it is tried again', async () => {
    const outage: Outage = [{ model: 'a/m', error: 'auth', message: 'no key' }];
    const message = 'No model answered: a refused its key: no key';
    const team = new TeamWorld({
      plan: planOf([{ id: 'a' }]),
      script: () => ({ outcome: 'failed', reason: 'exhausted', message, outage }),
    });
    await team.run();
    const failed = team.journal.of('task-failed').at(-1);
    assert.deepEqual([failed?.final, failed?.reason, failed?.outage], [true, message, outage]);
    assert.deepEqual(team.journal.state.tasks.get('a')?.outage, outage);
    for (const { outcome, outage: cause } of team.journal.of('agent-ended'))
      assert.deepEqual([outcome, cause], ['failed', outage]);
    team.journal.append({ type: 'task-started', task: 'a', attempt: 9 });
    assert.equal(team.journal.state.tasks.get('a')?.outage, undefined);
  });

  it('a task that failed by itself has no such cause', async () => {
    const team = new TeamWorld({
      plan: planOf([{ id: 'a' }, { id: 'b' }]),
      script: ({ job }) =>
        job.task?.id === 'a' ? { outcome: 'gave-up', reason: 'blocked', message: 'no door' } : finished(),
    });
    await team.run();
    assert.equal(team.journal.of('task-failed').at(-1)?.outage, undefined);
  });
});
