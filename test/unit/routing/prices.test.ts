import assert from 'node:assert/strict';
import type { Provider } from '../../../src/core/routing/contract.ts';
import { costOf, mostItCosts, type PriceOptions, Prices } from '../../../src/core/routing/prices.ts';
import type { Usage } from '../../../src/protocol/message.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { scriptedProvider } from '../../support/scripted-provider.ts';

const day = (text: string) => Date.parse(`${text}T12:00:00Z`);
const provider = (kind: Provider['kind'], name = 'p') => scriptedProvider(name, [], { clock: new FakeClock(), kind });
const find = (kind: Provider['kind'], model: string, on = '2026-11-21', options: PriceOptions = {}, name = 'p') =>
  new Prices(options).find(`${name}/${model}`, provider(kind, name), day(on));
const million = 1_000_000;
/** Dollars for a usage given in millions of tokens. */
async function dollars(kind: Provider['kind'], model: string, usage: Usage, on?: string): Promise<number> {
  const price = await find(kind, model, on);
  assert.ok(price, `${model} has a price`);
  return (costOf(price, usage) ?? Number.NaN) / 1e9;
}
const small = { input: 1000, output: 1000 };

describe('prices', () => {
  it('know every row that is newer than the library', async () => {
    const rows: [Provider['kind'], string, number][] = [
      ['anthropic', 'claude-fable-5-2', 8 + 40],
      ['anthropic', 'claude-opus-5-5', 4 + 20],
      ['anthropic', 'claude-sonnet-5-5', 2 + 10],
      ['anthropic', 'claude-haiku-5-5', 0.1 + 0.5],
      ['openai', 'gpt-6-astra', 10 + 50],
      ['openai', 'gpt-6.1-sol', 2 + 10],
      ['openai', 'gpt-6.1-terra', 1 + 5],
      ['openai', 'gpt-6-luna', 0.1 + 0.5],
      ['google', 'gemini-4-argon', 2 + 10],
      ['google', 'gemini-3.8-flash', 0.75 + 3.75],
      ['google', 'gemini-3.1-pro-preview', 2 + 12],
    ];
    for (const [kind, model, perThousandths] of rows)
      assert.equal(await dollars(kind, model, small), perThousandths / 1000, model);
    assert.equal(await dollars('anthropic', 'claude-haiku-5-5-20261101', small), 0.6 / 1000, 'with a date behind it');
  });

  it('charge cache reads, short and long cache writes at their own rates', async () => {
    const usage = { input: 0, cacheRead: million, cacheWrite: 0, output: 0 };
    assert.equal(await dollars('anthropic', 'claude-fable-5-2', { ...usage, cacheRead: 50_000 }), 0.01);
    const writes = { input: 0, cacheWrite: 2000, cacheWriteLong: 1000, output: 0 };
    assert.equal(await dollars('anthropic', 'claude-fable-5-2', writes), (10 + 16) / 1000);
  });

  it('charge the whole request at the rate for its prompt size', async () => {
    const at = (input: number) => dollars('openai', 'gpt-6-astra', { input, output: 1000 });
    assert.equal(await at(272_000), 2.72 + 0.05);
    assert.equal(await at(272_001), (272_001 * 20) / million + 0.075);
    const cached = { input: 50_000, cacheRead: 60_000, output: 0 };
    assert.equal(await dollars('anthropic', 'claude-haiku-5-5', cached), (50_000 * 0.5 + 60_000 * 0.05) / million);
  });

  it('change on the day the vendor said', async () => {
    assert.equal(await dollars('google', 'gemini-4-argon', small, '2026-11-30'), 0.012);
    assert.equal(await dollars('google', 'gemini-4-argon', small, '2026-12-01'), 0.024);
    assert.equal(await dollars('google', 'gemini-3.8-flash', small, '2026-12-31'), 0.0045);
    assert.equal(await dollars('google', 'gemini-3.8-flash', small, '2027-01-01'), 0.009);
  });

  it('take what the table lacks from the library, without a network', async () => {
    const { fetch } = globalThis;
    globalThis.fetch = () => assert.fail('prices fetched something');
    try {
      assert.ok((await dollars('openai', 'gpt-5', small)) > 0);
      assert.ok((await dollars('anthropic', 'claude-sonnet-4-5-20250929', small)) > 0);
      assert.ok(await find('openai-compatible', 'deepseek-chat', undefined, {}, 'deepseek'), 'by the name of a vendor');
      const baseUrlOf = () => 'https://api.groq.com/openai/v1';
      assert.ok(
        await find('openai-compatible', 'llama-3.3-70b-versatile', undefined, { baseUrlOf }, 'fast'),
        'by its address',
      );
      assert.equal(await new Prices().contextTokens('p/claude-opus-5-5', provider('anthropic')), 1_000_000);
    } finally {
      globalThis.fetch = fetch;
    }
  });

  it('take no older model for a newer one whose name begins alike', async () => {
    assert.equal(await find('anthropic', 'claude-sonnet-5-7'), undefined);
    assert.equal(await find('google', 'gemini-3.8-flash-ultra'), undefined);
    assert.ok(await find('anthropic', 'claude-sonnet-4-6-20260301'));
  });

  it("are the user's where the user set one", async () => {
    const overrides = { 'p/claude-opus-5-5': { input: 1, output: 2 }, 'p/mine': [{ input: 3, output: 4 }] };
    const price = await find('anthropic', 'claude-opus-5-5', undefined, { overrides });
    assert.deepEqual(price && costOf(price, { input: 1, output: 1 }), 3000);
    assert.ok(await find('openai-compatible', 'mine', undefined, { overrides }));
  });

  it('stay unknown where nobody knows them, and never become zero', async () => {
    assert.equal(await find('openai', 'gpt-99'), undefined);
    assert.equal(await find('ollama', 'llama4'), undefined);
    const broken = { load: () => Promise.reject(new Error('no library')) };
    assert.equal(await find('openai', 'gpt-5', undefined, broken), undefined);
    const price = await find('openai', 'gpt-6-luna');
    assert.ok(price);
    assert.equal(costOf(price, { input: 10 }), undefined);
    assert.equal(costOf(price, {}), undefined);
  });

  it('bound a call by the highest rate that could apply to it', async () => {
    const price = await find('openai', 'gpt-6-astra');
    assert.ok(price);
    assert.equal(mostItCosts(price, 1000, 1000), (12.5 + 50) * 1000 * 1000);
    assert.equal(mostItCosts(price, 300_000, 0), 300_000 * 25 * 1000);
    const flash = await find('google', 'gemini-3.8-flash');
    assert.ok(flash);
    assert.equal(mostItCosts(flash, 1, 1), 4500);
  });
});
