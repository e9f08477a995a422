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

  it('knows of the repairs of what a check may find, of another attempt, and of the turns of the lead', async () => {
    const plan = planOf([{ id: 'a' }, { id: 'try', kind: 'check', needs: ['a'], checks: [{ run: 'x' }] }]);
    const asked: string[] = [];
    const modelOf = (role: string, { complexity }: { complexity: string }) => {
      asked.push(`${role} ${complexity}`);
      return `vendor/${role}`;
    };
    const without = await estimatePlan(plan, options);
    const repaired = await estimatePlan(plan, { ...options, modelOf, repairs: { role: 'mender', most: 2 } });
    assert.equal(repaired.low, without.low);
    assert.ok((repaired.high ?? 0) > 1.5 * (without.high ?? 0));
    assert.ok((repaired.minutes ?? 0) > (without.minutes ?? 0));
    assert.equal(asked.filter(one => one === 'mender complex').length, 2);
    assert.match(repaired.basis ?? '', /another attempt of each.*up to 2 repairs of what checks find/);
    const lead = { turns: [0, 3] as const, model: 'vendor/lead', most: 5_000_000 };
    const led = await estimatePlan(plan, { ...options, lead });
    assert.equal(led.low, without.low);
    assert.equal(led.high, (without.high ?? 0) + 5_000_000);
    assert.match(led.basis ?? '', /0 to 3 turns of the lead/);
  });

  it('counts no repairs where no agent has built anything', async () => {
    const plan = planOf([{ id: 'try', kind: 'check', checks: [{ run: 'x' }] }]);
    const { high, basis } = await estimatePlan(plan, { ...options, repairs: { role: 'mender', most: 2 } });
    assert.equal(high, 0);
    assert.doesNotMatch(basis ?? '', /repair/);
  });
});
