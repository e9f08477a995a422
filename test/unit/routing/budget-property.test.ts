import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ErrorClass } from '../../../src/protocol/message.ts';
import { stage } from '../../support/router-stage.ts';
import type { Step } from '../../support/scripted-provider.ts';

const classes: ErrorClass[] = [
  'retryable',
  'rate-limit',
  'quota',
  'auth',
  'model-missing',
  'context-overflow',
  'content-filter',
  'replay-invalid',
  'malformed',
  'truncated',
  'fatal',
];
const wait = fc.integer({ min: 1, max: 4000 }).map((ms): Step => ({ wait: ms }));
const usage = fc.record({ input: fc.nat(900), output: fc.nat(1000), cacheRead: fc.nat(200) }, { requiredKeys: [] });
const end: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: usage.map((u): Step => ({ finish: { usage: u } })) },
  { weight: 3, arbitrary: fc.record({ fail: fc.constantFrom(...classes), usage }).map((f): Step => f) },
  {
    weight: 2,
    arbitrary: fc
      .record({ fail: fc.constantFrom(...classes), afterMs: fc.nat(5000), status: fc.constant(400) })
      .map((f): Step => f),
  },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ hang: true }, { deaf: true }, { vanish: true }, { throw: 'bug' }) },
);
const script = fc
  .tuple(fc.array(fc.oneof(wait, fc.constant<Step>('text')), { maxLength: 4 }), end)
  .map(([steps, last]) => [...steps, last]);
const agent = fc.record({
  start: fc.nat(3000),
  abortAfter: fc.option(fc.nat(6000)),
  stopReadingAfter: fc.option(fc.nat(3)),
  first: fc.constantFrom('a', 'b', 'c'),
  turns: fc.integer({ min: 1, max: 3 }),
});
const world = fc.record({
  scripts: fc.array(script, { minLength: 1, maxLength: 12 }),
  agents: fc.array(agent, { minLength: 1, maxLength: 12 }),
  session: fc.integer({ min: 1, max: 12 }),
  perAgent: fc.option(fc.integer({ min: 1, max: 5 })),
  provider: fc.option(fc.integer({ min: 1, max: 8 })),
});

/** The bound of one call here is about 2.1 million nano-dollars. */
const CALL = 2_200_000;

describe('the budget under any interleaving', () => {
  it('is never exceeded, and every reservation is settled exactly once', async () => {
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(world, async ({ scripts, agents, session, perAgent, provider }) => {
        let next = 0;
        const play = () => scripts[next++ % scripts.length] ?? [];
        const limits = {
          session: session * CALL,
          ...(perAgent && { agent: perAgent * CALL }),
          ...(provider && { providers: { a: provider * CALL } }),
        };
        const s = stage({ a: play, b: play, c: play }, { budget: { limits }, settings: { concurrency: 4 } });
        const check = () => {
          for (const { scope, key, limit, spent, reserved } of s.budget.standing())
            if (limit !== undefined)
              assert.ok(spent + reserved <= limit, `${scope} ${key}: ${spent} + ${reserved} > ${limit}`);
        };
        s.journal.subscribe(check);

        const runs = agents.map(async ({ start, abortAfter, stopReadingAfter, first, turns }, i) => {
          const abort = new AbortController();
          await new Promise<void>(done => void s.clock.after(start, done));
          if (abortAfter !== null) s.clock.after(abortAfter, () => abort.abort());
          const route = [`${first}/m`, ...['a/m', 'b/m', 'c/m'].filter(ref => !ref.startsWith(first))];
          for (let turn = 1; turn <= turns; turn++) {
            let read = 0;
            const request = s.request({ agent: `agent-${i}`, turn, route });
            for await (const _ of s.router.complete(request, abort.signal)) {
              check();
              if (stopReadingAfter !== null && ++read > stopReadingAfter) break;
            }
          }
        });
        await s.clock.until(Promise.all(runs));

        const intents = s.journal.of('call-intent').map(({ call }) => call);
        const outcomes = s.journal.of('call-outcome').map(({ call }) => call);
        calls += intents.length;
        assert.deepEqual(outcomes.toSorted(), intents.toSorted(), 'each intent has exactly one outcome');
        const booked = s.journal.of('call-outcome').reduce((sum, { cost }) => sum + (cost ?? 0), 0);
        const [whole] = s.budget.standing();
        assert.equal(whole?.spent ?? 0, booked, 'the ledger and the journal agree');
        for (const { reserved } of s.budget.standing()) assert.equal(reserved, 0);
        s.pool.dispose();
      }),
      { numRuns: 1500 },
    );
    assert.ok(calls > 4000, `only ${calls} calls were made`);
  }).timeout(120_000);
});
