import assert from 'node:assert/strict';
import { Allowance } from '../../../src/core/routing/allowance.ts';
import { concurrencyOf, watchdogsFor } from '../../../src/core/routing/call-limits.ts';
import { defaultRoutingSettings } from '../../../src/core/routing/settings.ts';
import { Slots } from '../../../src/core/routing/slots.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { stage } from '../../support/router-stage.ts';
import { scriptedProvider } from '../../support/scripted-provider.ts';

const forever = new AbortController().signal;

describe('slots of a provider', () => {
  it('are given in the order they were asked for', async () => {
    const slots = new Slots(new FakeClock(), 1);
    const first = await slots.take(forever);
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async n => {
      const slot = await slots.take(forever);
      order.push(n);
      slot?.release('answered');
    });
    await settle();
    assert.deepEqual(order, []);
    first?.release('answered');
    await Promise.all(waiting);
    assert.deepEqual(order, [1, 2, 3]);
  });

  it('halve once for calls that met the same rate limit, and come back one by one', async () => {
    const slots = new Slots(new FakeClock(), 8);
    const held = await Promise.all(Array.from({ length: 8 }, () => slots.take(forever)));
    for (const slot of held) slot?.release('limited');
    assert.equal(slots.limit, 4);
    for (let round = 4; round < 8; round++) {
      for (let i = 0; i < round; i++) (await slots.take(forever))?.release('answered');
      assert.equal(slots.limit, round + 1);
    }
  });

  it('are not held by those who left the queue', async () => {
    const clock = new FakeClock();
    const slots = new Slots(clock, 1);
    const first = await slots.take(forever);
    const abort = new AbortController();
    const gone = slots.take(abort.signal);
    const impatient = slots.take(forever, 100);
    const patient = slots.take(forever);
    abort.abort();
    await clock.advance(100);
    assert.deepEqual([await gone, await impatient], [undefined, undefined]);
    first?.release('answered');
    assert.ok(await patient);
  });
});

describe('the allowance that limit headers tell of', () => {
  it('holds a request back until the bucket has refilled far enough for it', async () => {
    const clock = new FakeClock();
    const allowance = new Allowance(clock);
    assert.equal(allowance.holdMs(1_000_000), 0, 'nothing known, nothing held');
    allowance.learn({
      requests: { limit: 60, remaining: 1, resetMs: 59_000 },
      tokens: { limit: 1000, remaining: 900, resetMs: 1000 },
    });
    assert.equal(allowance.holdMs(100), 0);
    allowance.spend(100);
    assert.equal(allowance.holdMs(100), 1000, 'one request comes back each second');
    await clock.advance(1000);
    assert.equal(allowance.holdMs(100), 0);
    assert.ok(allowance.holdMs(5000) < 60_000, 'a request larger than the bucket waits for a full one, not for ever');
  });

  it('sends the next call to another model before the provider has to refuse it', async () => {
    const s = stage({ a: [{ open: { requests: { limit: 10, remaining: 0, resetMs: 60_000 } } }, 'one'], b: ['two'] });
    assert.equal((await s.collect()).text, 'one');
    assert.equal((await s.collect()).text, 'two');
    await s.clock.advance(6000);
    assert.equal((await s.collect()).text, 'one');
  });
});

describe('settings of a provider', () => {
  it('are its own, else those of its kind, else those of all', () => {
    const clock = new FakeClock();
    const [home, cloud] = [
      scriptedProvider('home', [], { clock, kind: 'ollama' }),
      scriptedProvider('cloud', [], { clock }),
    ];
    const { concurrency, watchdogs } = defaultRoutingSettings;
    assert.ok(concurrencyOf(home, defaultRoutingSettings) < concurrency);
    assert.ok(watchdogsFor(home, defaultRoutingSettings).connectMs > watchdogs.connectMs);
    assert.equal(concurrencyOf(cloud, defaultRoutingSettings), concurrency);
    const own = { ...defaultRoutingSettings, providers: { home: { concurrency: 5, watchdogs: { silenceMs: 7 } } } };
    assert.equal(concurrencyOf(home, own), 5);
    assert.equal(watchdogsFor(home, own).silenceMs, 7);
    assert.ok(watchdogsFor(home, own).connectMs > watchdogs.connectMs);
  });
});

describe('agents at one provider', () => {
  it('never run more calls at once than it allows, and every one gets its turn', async () => {
    let [running, most] = [0, 0];
    const s = stage({ a: () => [{ wait: 100 }, 'x'] }, { settings: { concurrency: 3 } });
    const stream = s.provider('a').stream.bind(s.provider('a'));
    s.provider('a').stream = async function* (request, signal) {
      most = Math.max(most, ++running);
      try {
        yield* stream(request, signal);
      } finally {
        running--;
      }
    };
    const turns = Array.from({ length: 20 }, (_, i) => s.collect({ agent: `agent-${i}` }));
    const ended = await s.clock.until(Promise.all(turns));
    assert.equal(most, 3);
    assert.ok(ended.every(({ last }) => last?.type === 'answer'));
    assert.deepEqual(
      s.journal.of('call-intent').map(event => event.agent),
      turns.map((_, i) => `agent-${i}`),
    );
  });

  it('go to the next provider of their route when theirs stays busy', async () => {
    const s = stage(
      { a: [{ wait: 600_000 }, 'slow'], b: ['quick'] },
      {
        settings: {
          concurrency: 1,
          slotPatienceMs: 5000,
          watchdogs: { connectMs: 1e9, firstByteMs: 1e9, silenceMs: 1e9 },
        },
      },
    );
    const first = s.collect({ agent: 'one' });
    await settle();
    const second = s.collect({ agent: 'two' });
    await s.clock.advance(5000);
    assert.equal((await second).text, 'quick');
    assert.equal((await s.clock.until(first)).text, 'slow');
  });
});

describe('health probes', () => {
  it('list the models of a provider every five minutes while it is used, and leave it in peace afterwards', async () => {
    const s = stage({ a: [['x'], { models: [{ id: 'm', contextTokens: 4096 }] }] });
    await s.collect();
    await s.clock.advance(300_000);
    assert.equal(s.provider('a').probes, 1);
    assert.equal(s.models.get('a/m').contextTokens, 4096, 'what the list tells is learned');
    await s.clock.advance(3_600_000);
    assert.equal(s.provider('a').probes, 1);
    assert.equal(s.clock.pending, 0);
    assert.deepEqual(
      s.journal.of('provider-health').map(({ provider, ok }) => [provider, ok]),
      [['a', true]],
    );
  });

  it('end when the provider does not answer them', async () => {
    const s = stage({ a: [['x'], { models: () => 'hang' }] });
    await s.collect();
    await s.clock.advance(320_000);
    assert.equal(s.journal.of('provider-health')[0]?.ok, false);
  });

  it('park a key that has become invalid before an agent runs into it', async () => {
    const models = () => ({ type: 'error', class: 'auth', message: 'key revoked', status: 401 }) as const;
    const s = stage({ a: [['x'], { models }], b: ['hi'] });
    await s.collect();
    await s.clock.advance(300_000);
    assert.equal((await s.collect()).text, 'hi');
    assert.equal(s.journal.of('notice').length, 1);
  });
});
