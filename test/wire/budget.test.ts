import assert from 'node:assert/strict';
import { liveRouter } from '../support/live-router.ts';
import { models, providerOf, readFile, say } from '../support/providers.ts';
import { endServers, serve, vendors } from '../support/wire.ts';

const AGENTS = 64;
const price = { input: 1, output: 1 };
/** What one call costs here: 1,000 tokens in and 1,000 out at a dollar per million. */
const COST = 2_000_000;

describe('64 agents that call at once on a budget for about 20 calls', () => {
  afterEach(endServers);

  for (const faults of [false, true]) {
    it(`spend no more than the budget, and nearly all of it${faults ? ', with faults and aborts on the way' : ''}`, async () => {
      const servers = await serve({
        answer: request => ({ text: `answer ${request.requestIndex}`, usage: { input: 1000, output: 1000 } }),
        faults: ({ endpoint, requestIndex }) => {
          if (!faults || endpoint !== 'generate' || requestIndex % 3 > 0) return undefined;
          return requestIndex % 2 ? { kind: 'server-error' } : { kind: 'reset' };
        },
      });
      const limit = 20 * COST + 1_500_000;
      const refs = vendors.map(vendor => `${vendor}/${models[vendor]}`);
      const live = liveRouter(
        vendors.map(vendor => providerOf(servers.urls, vendor)),
        {
          settings: { backoff: { baseMs: 1, maxMs: 1000 }, concurrency: 64 },
          budget: { limits: { session: limit } },
          prices: Object.fromEntries(refs.map(ref => [ref, price])),
        },
      );
      live.journal.subscribe(() => {
        for (const { spent, reserved } of live.budget.standing())
          assert.ok(spent + reserved <= limit, `${spent} + ${reserved} > ${limit}`);
      });
      const turns = await Promise.all(
        Array.from({ length: AGENTS }, (_, i) => {
          const abort = new AbortController();
          if (faults && i % 8 === 0) setTimeout(() => abort.abort(), 5);
          const route = [...refs.slice(i % refs.length), ...refs.slice(0, i % refs.length)];
          return live.turn(
            {
              agent: `agent-${i}`,
              turn: 1,
              route,
              system: 'You help.',
              tools: [readFile],
              messages: [say('Hello.')],
              maxOutputTokens: 1000,
            },
            abort.signal,
          );
        }),
      );
      const ends = turns.map(events => {
        const last = events.at(-1);
        return last?.type === 'failed' ? last.failure.reason : last?.type;
      });
      const answers = ends.filter(end => end === 'answer').length;
      const billed = servers.requests.reduce(
        (sum, { usage }) => sum + (usage ? 1000 * ((usage.input ?? 0) + (usage.output ?? 0)) : 0),
        0,
      );
      const [session] = live.budget.standing();
      assert.ok(session);
      assert.equal(session.reserved, 0);
      assert.ok(session.spent <= limit);
      assert.ok(billed <= session.spent, `the servers billed ${billed}, the ledger has ${session.spent}`);
      if (faults) {
        assert.ok(answers > 0 && ends.includes('budget'));
      } else {
        assert.deepEqual([answers, ends.filter(end => end === 'budget').length], [20, AGENTS - 20]);
        assert.equal(session.spent, 20 * COST);
      }
      assert.equal(live.journal.of('budget-alert').length, 1);
      assert.equal(live.journal.of('budget-spent').length, 1);
      assert.equal(live.journal.state.openCalls.size, 0);
      live.dispose();
    }).timeout(60_000);
  }
});
