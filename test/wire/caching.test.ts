import assert from 'node:assert/strict';
import type { Usage } from '../../src/protocol/message.ts';
import type { Vendor, WireServers } from '../../src/rehearsal/wire/types.ts';
import { endServers, plainRequest, post, serve } from '../support/wire.ts';

const page = 'All of this text is the same in every turn of the conversation. '.repeat(100);
const total = (usage: Usage = {}) => (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0);

describe('Prompt caching in the usage figures', () => {
  afterEach(endServers);

  /** A conversation of that many turns, each told as its vendor wants it told. */
  function turns(vendor: Vendor, count: number): Record<string, unknown> {
    const text = (i: number) => `${i}: ${page}`;
    const all = Array.from({ length: count * 2 - 1 }, (_, i) => ({ role: i % 2 ? 'assistant' : 'user', i }));
    if (vendor === 'google')
      return {
        contents: all.map(({ role, i }) => ({ role: role === 'user' ? role : 'model', parts: [{ text: text(i) }] })),
      };
    const mark = (i: number) =>
      vendor === 'anthropic' && i === all.length - 1 ? { cache_control: { type: 'ephemeral' } } : {};
    const messages = all.map(({ role, i }) => ({
      role,
      content: vendor === 'anthropic' ? [{ type: 'text', text: text(i), ...mark(i) }] : text(i),
    }));
    return vendor === 'openai' ? { input: messages } : { messages };
  }

  const ask = async (
    servers: WireServers,
    vendor: Vendor,
    change: Record<string, unknown>,
    key?: string,
  ): Promise<Usage> => {
    const reply = await post(plainRequest(servers, vendor, 'x', key), change);
    assert.equal(reply.status, 200, await reply.text());
    return servers.requests.at(-1)?.usage ?? {};
  };

  for (const vendor of ['anthropic', 'openai', 'openai-compatible', 'google'] as const) {
    it(`${vendor}: what was sent before is read from the cache`, async () => {
      const servers = await serve();
      // OpenAI bills what it read in steps of 128 tokens.
      let before = 0;
      for (let count = 1; count <= 10; count++) {
        const usage = await ask(servers, vendor, turns(vendor, count));
        const read = usage.cacheRead ?? 0;
        assert.ok(read <= before && read > before - 128, `turn ${count}: ${read} of ${before}`);
        assert.equal(total(usage), servers.requests.at(-1)?.request?.promptTokens);
        before = total(usage);
      }
    });

    it(`${vendor}: another account, another beginning or a short prompt reads nothing`, async () => {
      const servers = await serve();
      const body = turns(vendor, 2);
      await ask(servers, vendor, body);
      assert.equal((await ask(servers, vendor, body, 'key-b')).cacheRead, 0);
      const tools = vendor === 'google' ? { systemInstruction: { parts: [{ text: 'new' }] } } : { tools: undefined };
      assert.equal((await ask(servers, vendor, { ...body, ...tools })).cacheRead, 0);
      await ask(servers, vendor, {}, 'key-c');
      assert.equal((await ask(servers, vendor, {}, 'key-c')).cacheRead, 0);
    });
  }

  it('anthropic: nothing is cached that was not asked for', async () => {
    const servers = await serve();
    const messages = [{ role: 'user', content: page }];
    await ask(servers, 'anthropic', { messages });
    const usage = await ask(servers, 'anthropic', { messages });
    assert.deepEqual([usage.cacheRead, usage.cacheWrite], [0, 0]);
  });

  it('anthropic: an entry lives for five minutes, or an hour, from when it was last read', async () => {
    let now = 0;
    const servers = await serve({ now: () => now });
    const messages = (ttl?: string) => [
      {
        role: 'user',
        content: [
          { type: 'text', text: `${ttl}${page}`, cache_control: { type: 'ephemeral', ...(ttl ? { ttl } : {}) } },
        ],
      },
    ];
    const written = (await ask(servers, 'anthropic', { messages: messages() })).cacheWrite;
    now += 299_000;
    assert.equal((await ask(servers, 'anthropic', { messages: messages() })).cacheRead, written);
    now += 299_000;
    assert.equal((await ask(servers, 'anthropic', { messages: messages() })).cacheRead, written);
    now += 301_000;
    assert.equal((await ask(servers, 'anthropic', { messages: messages() })).cacheRead, 0);
    const long = await ask(servers, 'anthropic', { messages: messages('1h') });
    assert.equal(long.cacheWriteLong, long.cacheWrite);
    now += 3_500_000;
    assert.equal((await ask(servers, 'anthropic', { messages: messages('1h') })).cacheRead, long.cacheWrite);
  });

  it('anthropic: an entry more than twenty blocks before the breakpoint is not found', async () => {
    const servers = await serve();
    const blocks = (count: number) => [
      {
        role: 'user',
        content: Array.from({ length: count }, (_, i) => ({
          type: 'text',
          text: i === 0 ? page : `block ${i}`,
          ...(i === count - 1 ? { cache_control: { type: 'ephemeral' } } : {}),
        })),
      },
    ];
    const first = await ask(servers, 'anthropic', { messages: blocks(1) });
    const near = await ask(servers, 'anthropic', { messages: blocks(21) });
    assert.equal(near.cacheRead, first.cacheWrite);
    const far = await ask(servers, 'anthropic', { messages: blocks(42) });
    assert.equal(far.cacheRead, 0);
  });

  it('openai: the key of the cache keeps conversations apart', async () => {
    const servers = await serve();
    const body = turns('openai', 2);
    await ask(servers, 'openai', { ...body, prompt_cache_key: 'a' });
    assert.equal((await ask(servers, 'openai', { ...body, prompt_cache_key: 'b' })).cacheRead, 0);
    assert.ok((await ask(servers, 'openai', { ...body, prompt_cache_key: 'a' })).cacheRead);
  });

  it('figures in the script win over those that are counted', async () => {
    const servers = await serve({ answer: () => ({ text: 'ok', usage: { input: 7, output: 3 } }) });
    const usage = await ask(servers, 'anthropic', {});
    assert.deepEqual([usage.input, usage.output, usage.cacheRead], [7, 3, 0]);
  });
});
