import assert from 'node:assert/strict';
import type { Message } from '../../src/protocol/message.ts';
import { liveRouter } from '../support/live-router.ts';
import { models, providerOf, readFile, resultsFor, say } from '../support/providers.ts';
import { endServers, serve } from '../support/wire.ts';

const TURNS = 30;
const page = 'Every line of this file is read again in each turn. '.repeat(60);
const price = { input: 10, output: 10, cacheRead: 1, cacheWrite: 12.5 };

describe('a conversation of 30 turns through the router', () => {
  afterEach(endServers);

  for (const vendor of ['anthropic', 'openai', 'openai-compatible', 'google'] as const) {
    it(`${vendor} reads at least 98 % of the repeated prefix from the cache, and the ledger is billed for it so`, async () => {
      let turn = 0;
      const servers = await serve({
        answer: () => ({
          text: `Step ${turn}.`,
          toolCalls: [{ name: 'read_file', args: { path: `${turn}.ts` } }],
        }),
        // A hiccup must not cost the cache either.
        faults: ({ requestIndex }) => (requestIndex === 12 ? { kind: 'server-error' } : undefined),
      });
      const ref = `${vendor}/${models[vendor]}`;
      const live = liveRouter([providerOf(servers.urls, vendor)], {
        settings: { backoff: { baseMs: 1, maxMs: 1000 } },
        prices: { [ref]: price },
      });
      const messages: Message[] = [say(`Read them all. ${page}`)];
      let [before, repeated, read, full] = [0, 0, 0, 0];
      for (turn = 1; turn <= TURNS; turn++) {
        const events = await live.turn({
          agent: 'agent',
          turn,
          route: [ref],
          system: page,
          tools: [readFile],
          messages: [...messages],
          maxOutputTokens: 2000,
        });
        const last = events.at(-1);
        assert.ok(last?.type === 'answer');
        const { input = 0, cacheRead = 0, cacheWrite = 0 } = last.usage;
        repeated += before;
        read += Math.min(before, cacheRead);
        before = input + cacheRead + cacheWrite;
        full += before;
        messages.push(last.message, resultsFor(last.message, page));
      }
      assert.ok(repeated > 100_000);
      assert.ok(read >= 0.98 * repeated, `${read} of ${repeated} tokens`);
      const spent = live.budget.standing()[0]?.spent ?? 0;
      assert.ok(spent < 0.25 * full * price.input * 1000, 'cached prompts cost a fraction of fresh ones');
      live.dispose();
    }).timeout(60_000);
  }
});
