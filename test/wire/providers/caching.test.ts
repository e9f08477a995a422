import assert from 'node:assert/strict';
import type { Message } from '../../../src/protocol/message.ts';
import { answerOf, providerOf, requestOf, resultsFor, say } from '../../support/providers.ts';
import { endServers, serve } from '../../support/wire.ts';

const turns = 30;
const page = 'Every line of this file is read again in each turn. '.repeat(60);

describe('Prompt caching over a conversation of 30 turns with tools', () => {
  afterEach(endServers);

  for (const vendor of ['anthropic', 'openai', 'openai-compatible', 'google'] as const) {
    it(`${vendor} reads at least 98 % of what it was sent before from the cache`, async () => {
      let turn = 0;
      const servers = await serve({
        answer: () => ({
          reasoning: `Thought ${turn}.`,
          text: `Step ${turn}.`,
          // Now and then more blocks than Anthropic looks back for an entry.
          toolCalls: Array.from({ length: turn % 7 === 3 ? 14 : 2 }, (_, call) => ({
            name: 'read_file',
            args: { path: `${turn}-${call}.ts` },
          })),
        }),
      });
      const provider = providerOf(servers.urls, vendor);
      const messages: Message[] = [say(`Read them all. ${page}`)];
      let before = 0;
      let repeated = 0;
      let read = 0;
      for (turn = 1; turn <= turns; turn++) {
        const { message, usage } = (await answerOf(provider, requestOf(vendor, { messages, system: page }))).end;
        const total = (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0);
        repeated += before;
        read += Math.min(before, usage.cacheRead ?? 0);
        before = total;
        messages.push(message, resultsFor(message, page));
      }
      assert.ok(read >= 0.98 * repeated, `${read} of ${repeated} tokens`);
      assert.ok(repeated > 100_000);
    });
  }
});
