import assert from 'node:assert/strict';
import type { CanonicalRequest } from '../../src/rehearsal/wire/types.ts';
import { until } from '../support/until.ts';
import { endServers, plainRequest, post, serve, vendors } from '../support/wire.ts';

describe('The wire servers', () => {
  afterEach(endServers);

  for (const vendor of vendors)
    it(`${vendor}: a client that leaves in mid-stream is seen to have left`, async () => {
      const servers = await serve({ answer: () => ({ text: 'word '.repeat(500), pacing: { betweenMs: 5 } }) });
      const abort = new AbortController();
      const response = await post(plainRequest(servers, vendor), {}, abort.signal);
      await response.body?.getReader().read();
      abort.abort();
      assert.equal(await servers.requests[0]?.done, 'client-closed');
      await servers.idle();
    });

  it('leave no connection and no timer behind when they close in the middle of everything', async () => {
    const servers = await serve({
      answer: ({ vendor }) =>
        vendor === 'ollama'
          ? { fault: { kind: 'stall-headers' } }
          : { text: 'word '.repeat(500), pacing: { betweenMs: 60_000 } },
    });
    const asked = vendors.map(async vendor => (await post(plainRequest(servers, vendor))).text());
    const failed = Promise.allSettled(asked);
    await until(() => servers.requests.length === vendors.length);
    await servers.close();
    assert.deepEqual(new Set(servers.requests.map(record => record.ended)), new Set(['server-closed']));
    assert.deepEqual(new Set((await failed).map(result => result.status)), new Set(['rejected']));
    assert.equal(servers.connections().open, 0);
    await assert.rejects(post(plainRequest(servers, 'ollama')), TypeError);
  });

  it('serve a thousand agents at once, each its own answer', async () => {
    const servers = await serve({ answer: request => ({ text: `answer ${request.requestIndex}` }), keepRequests: 10 });
    const texts = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const vendor = vendors[i % vendors.length] ?? 'ollama';
        return (await post(plainRequest(servers, vendor, `agent ${i}`))).text();
      }),
    );
    assert.equal(new Set(texts).size, 1000);
    assert.equal(servers.requests.filter(record => record.request).length, 10);
    assert.ok(servers.requests.every(record => record.ended === 'complete'));
  });

  it('keep nothing of a request where nothing is to be kept', async () => {
    const servers = await serve({ answer: () => ({ text: 'so' }), keepRequests: 0 });
    for (const vendor of vendors) await (await post(plainRequest(servers, vendor))).text();
    await Promise.all(servers.requests.map(record => record.done));
    assert.ok(servers.requests.every(record => record.request === undefined && record.ended === 'complete'));
  });

  it('say the same with the same seed, ids and signatures included', async () => {
    const inOrder = async () => {
      const servers = await serve({
        seed: 7,
        now: () => 1_800_000_000_000,
        answer: () => ({ reasoning: 'why', text: 'so', toolCalls: [{ name: 'read_file' }] }),
      });
      const all: string[] = [];
      for (const vendor of vendors) all.push(await (await post(plainRequest(servers, vendor))).text());
      return all;
    };
    assert.deepEqual(await inOrder(), await inOrder());
  });

  it('hand every vendor to the script in the same words', async () => {
    const seen: CanonicalRequest[] = [];
    const servers = await serve({
      answer: request => {
        seen.push(request);
        return {};
      },
    });
    for (const vendor of vendors) await (await post(plainRequest(servers, vendor, 'Read the file'))).text();
    assert.deepEqual(
      seen.map(request => request.vendor),
      vendors,
    );
    for (const request of seen) {
      assert.deepEqual(request.messages, [{ role: 'user', parts: [{ type: 'text', text: 'Read the file' }] }]);
      assert.deepEqual(
        request.tools.map(tool => [tool.name, tool.description]),
        [['read_file', 'Reads']],
      );
      assert.equal(request.stream, true);
    }
  });

  it('replay recorded payloads in the framing of the vendor', async () => {
    const payload = '{"type":"message_stop"}';
    const servers = await serve({ answer: () => ({ replay: [payload] }) });
    const framed = {
      anthropic: `event: message_stop\ndata: ${payload}\n\n`,
      openai: `event: message_stop\ndata: ${payload}\n\n`,
      'openai-compatible': `data: ${payload}\n\n`,
      google: `data: ${payload}\r\n\r\n`,
      ollama: `${payload}\n`,
    };
    for (const vendor of vendors)
      assert.equal(await (await post(plainRequest(servers, vendor))).text(), framed[vendor]);
  });

  it('tell limits in the headers that the vendor uses', async () => {
    const limits = { requests: { limit: 50, remaining: 49, resetMs: 1500 }, tokens: { remaining: 1000 } };
    const servers = await serve({ now: () => 1_800_000_000_000, answer: () => ({ text: 'ok', limits }) });
    const headers = async (vendor: 'anthropic' | 'openai') => (await post(plainRequest(servers, vendor))).headers;
    const anthropic = await headers('anthropic');
    assert.equal(anthropic.get('anthropic-ratelimit-requests-reset'), '2027-01-15T08:00:01.500Z');
    assert.equal(anthropic.get('anthropic-ratelimit-tokens-remaining'), '1000');
    const openai = await headers('openai');
    assert.equal(openai.get('x-ratelimit-reset-requests'), '1.5s');
    assert.equal(openai.get('x-ratelimit-limit-requests'), '50');
  });

  it('a script that throws is a 500, and the servers go on', async () => {
    let calls = 0;
    const servers = await serve({
      answer: () => {
        if (calls++ === 0) throw new Error('no line for this');
        return { text: 'ok' };
      },
    });
    const first = await post(plainRequest(servers, 'openai'));
    assert.equal(first.status, 500);
    assert.match(await first.text(), /no line for this/);
    assert.equal((await post(plainRequest(servers, 'openai'))).status, 200);
  });
});
