import assert from 'node:assert/strict';
import { estimatePlan } from '../../../src/core/plan/estimate.ts';
import { planOf } from '../../support/plans.ts';

const nanoPerToken = async (_model: string, usage: { input?: number; cacheRead?: number; output?: number }) =>
  1000 * (usage.input ?? 0) + 100 * (usage.cacheRead ?? 0) + 5000 * (usage.output ?? 0);
const options = { modelOf: (role: string) => `vendor/${role}`, price: nanoPerToken, maxAgents: 2 };

describe('the expected cost of a plan', () => {
  it('is a range whose low end trusts the prompt cache', async () => {
    const { low, high } = await estimatePlan(planOf([{ id: 'a' }]), options);
    assert.ok(low !== undefined && high !== undefined && low > 0 && low * 2 < high);
  });

  it('is unknown, not zero, when one price is unknown, and says which', async () => {
    const price = async (model: string) => (model === 'vendor/reviewer' ? undefined : 5);
    const estimate = await estimatePlan(planOf([{ id: 'a', review: { role: 'reviewer' } }]), { ...options, price });
    assert.equal('low' in estimate, false);
    assert.equal('high' in estimate, false);
    assert.match(estimate.basis ?? '', /price unknown: vendor\/reviewer/);
  });

  it('is nothing when all models are free, and when there are no agents', async () => {
    const free = { ...options, price: async () => 0 };
    assert.equal((await estimatePlan(planOf([{ id: 'a' }]), free)).high, 0);
    const alone = await estimatePlan(planOf([{ id: 'a', kind: 'command', run: 'x' }]), options);
    assert.deepEqual([alone.low, alone.high, alone.tokens], [0, 0, 0]);
  });

  it('grows with reviews and with complexity', async () => {
    const cost = async (task: object) => (await estimatePlan(planOf([{ id: 'a', ...task }]), options)).high ?? 0;
    assert.ok((await cost({ review: { rounds: 3 } })) > (await cost({})));
    assert.ok((await cost({ complexity: 'complex' })) > (await cost({ complexity: 'simple' })));
  });

  it('takes as long as the longest chain, or as the agents that share the work', async () => {
    const minutes = async (tasks: Parameters<typeof planOf>[0], maxAgents: number) =>
      (await estimatePlan(planOf(tasks), { ...options, maxAgents })).minutes ?? 0;
    const one = await minutes([{ id: 'a' }], 4);
    const chain = await minutes([{ id: 'a' }, { id: 'b', needs: ['a'] }], 4);
    const beside = await minutes([{ id: 'a' }, { id: 'b' }], 4);
    const alone = await minutes([{ id: 'a' }, { id: 'b' }], 1);
    assert.ok(chain > 1.8 * one);
    assert.equal(beside, one);
    assert.equal(alone, chain);
  });
});
