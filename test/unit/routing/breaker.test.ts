import assert from 'node:assert/strict';
import { Breaker, type BreakerState } from '../../../src/core/routing/breaker.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { stage } from '../../support/router-stage.ts';

const settings = { failures: 3, openMs: 1000, maxOpenMs: 3000 };

function opened() {
  const clock = new FakeClock();
  const states: BreakerState[] = [];
  const breaker = new Breaker(clock, settings, state => states.push(state));
  const fail = () => breaker.enter()?.end('failure');
  for (let i = 0; i < 3; i++) fail();
  return { clock, states, breaker, fail };
}

describe('the breaker', () => {
  it('opens after so many failures in a row, and a success in between starts the count again', () => {
    const { breaker, states } = opened();
    assert.equal(breaker.enter(), undefined);
    assert.deepEqual(states, ['open']);

    const other = new Breaker(new FakeClock(), settings, () => {});
    for (const verdict of ['failure', 'failure', 'success', 'failure', 'failure'] as const) other.enter()?.end(verdict);
    assert.equal(other.state, 'closed');
  });

  it('lets one call through after its time and sends the others away instead of making them wait', async () => {
    const { clock, breaker, states } = opened();
    await clock.advance(1000);
    const probe = breaker.enter();
    assert.equal(probe?.probe, true);
    assert.equal(breaker.enter(), undefined);
    probe?.end('success');
    assert.deepEqual(states, ['open', 'half-open', 'closed']);
    assert.equal(breaker.enter()?.probe, false);
  });

  it('stays away longer each time the half-open call fails, up to a limit', async () => {
    const { clock, breaker, fail } = opened();
    for (const ms of [1000, 2000, 3000, 3000]) {
      await clock.advance(ms - 1);
      assert.equal(breaker.enter(), undefined, `still open before ${ms} ms`);
      await clock.advance(1);
      fail();
    }
  });

  it('learns nothing from a half-open call that the user aborted', async () => {
    const { clock, breaker } = opened();
    await clock.advance(1000);
    breaker.enter()?.end('no-verdict');
    assert.equal(breaker.state, 'half-open');
    assert.equal(breaker.enter()?.probe, true, 'the next call decides instead');
  });

  it('takes the word of a permit once', () => {
    const breaker = new Breaker(new FakeClock(), settings, () => {});
    const permit = breaker.enter();
    for (let i = 0; i < 5; i++) permit?.end('failure');
    assert.equal(breaker.state, 'closed');
  });
});

describe('a model whose breaker is open', () => {
  const quick = { retries: 0, breaker: { failures: 2, openMs: 20_000, maxOpenMs: 60_000 }, acceptableWaitMs: 60_000 };

  it('is passed over without a call, and asked again only after its provider has listed its models', async () => {
    const s = stage({ a: [{ fail: 'retryable' }], b: ['hi'] }, { settings: quick });
    for (let i = 0; i < 3; i++) await s.collect();
    assert.equal(s.asked('a'), 2);
    s.provider('a').script = ['back'];
    await s.clock.advance(20_000);
    await s.collect();
    assert.equal(s.provider('a').probes, 1, 'the health probe runs beside the turn, which takes the next model');
    assert.equal(s.asked('a'), 2);
    const { text } = await s.collect();
    assert.equal(text, 'back');
    const states = s.journal.of('breaker').map(event => event.state);
    assert.deepEqual(states, ['open', 'half-open', 'closed']);
  });

  it('costs no call while the probe before the half-open call fails', async () => {
    const down = { type: 'error', class: 'retryable', message: 'down' } as const;
    const models = (probe: number) => (probe < 3 ? down : []);
    const s = stage({ a: [[{ fail: 'retryable' }], { models }] }, { settings: quick });
    for (let i = 0; i < 2; i++) await s.collect();
    s.provider('a').script = ['back'];
    const { text } = await s.turn();
    assert.equal(text, 'back');
    assert.equal(s.provider('a').probes, 3);
    assert.equal(s.asked('a'), 3);
    assert.deepEqual(
      s.journal.of('provider-health').map(event => event.ok),
      [false, false, true],
    );
  });

  it('does not count what is not its fault', async () => {
    for (const kind of ['rate-limit', 'context-overflow', 'content-filter', 'fatal'] as const) {
      const s = stage({ a: [{ fail: kind, afterMs: 0 }] }, { settings: { ...quick, totalWaitMs: 0 } });
      for (let i = 0; i < 4; i++) {
        await s.collect();
        await s.clock.advance(100_000);
      }
      assert.equal(s.journal.of('breaker').length, 0, kind);
    }
  });
});
