import assert from 'node:assert/strict';
import { settle } from '../../support/fake-clock.ts';
import { stage } from '../../support/router-stage.ts';
import type { Step } from '../../support/scripted-provider.ts';

const settings = {
  retries: 0,
  watchdogs: { connectMs: 1000, firstByteMs: 5000, silenceMs: 2000 },
};
const silences: [string, Step[], number][] = [
  ['no answer within the time to connect', [{ hang: true }], 1000],
  ['no first byte after the headers', [{ open: {} }, { hang: true }], 5000],
  ['silence in the middle of an answer', ['half', { hang: true }], 2000],
  ['silence from a provider that does not even hear the abort', ['half', { deaf: true }], 2000],
];

describe('watchdogs', () => {
  for (const [what, script, ms] of silences) {
    it(`end a call on ${what}, and the next model takes over`, async () => {
      const s = stage({ a: script, b: ['hi'] }, { settings });
      const turn = s.collect();
      await s.clock.advance(ms - 1);
      assert.equal(s.asked('b'), 0);
      await s.clock.advance(1);
      const { text } = await s.clock.until(turn);
      assert.equal(text, 'hi');
      const [outcome] = s.journal.of('call-outcome');
      assert.equal(outcome?.result.ok === false && outcome.result.error, 'retryable');
    });
  }

  it('are calmed by bytes that show nothing', async () => {
    const beats: Step[] = Array.from({ length: 20 }, () => [{ wait: 1900 }, { alive: true }] as Step[]).flat();
    const s = stage({ a: ['so ', ...beats, 'slow'] }, { settings });
    assert.equal((await s.turn()).text, 'so slow');
  });

  it('do not count the time our own reader takes', async () => {
    const s = stage({ a: ['one', 'two'] }, { settings });
    const stream = s.router.complete(s.request(), new AbortController().signal)[Symbol.asyncIterator]();
    await stream.next();
    await stream.next();
    await s.clock.advance(60_000);
    assert.deepEqual((await stream.next()).value, { type: 'text', text: 'two' });
    await stream.return?.();
  });

  it('can differ for single providers', async () => {
    const patient = { ...settings, providers: { a: { watchdogs: { connectMs: 50_000 } } } };
    const s = stage({ a: [{ wait: 40_000 }, 'loaded'] }, { settings: patient });
    assert.equal((await s.turn()).text, 'loaded');
  });
});

describe('cancelling a turn', () => {
  const nothingLeft = async (s: ReturnType<typeof stage>) => {
    await settle();
    assert.equal(s.provider('a').open, 0, 'no stream is left open');
    assert.equal(s.journal.state.openCalls.size, 0, 'every intent has its outcome');
    for (const { reserved } of s.budget.standing()) assert.equal(reserved, 0, 'nothing stays reserved');
    s.pool.dispose();
    assert.equal(s.clock.pending, 0, 'no timer is left');
  };

  it('ends the call and books the reservation when the signal aborts in mid-stream', async () => {
    const s = stage({ a: ['half', { hang: true }], b: ['never'] });
    const abort = new AbortController();
    const turn = s.collect({}, abort.signal);
    await settle();
    abort.abort();
    const { last } = await turn;
    assert.deepEqual(last, { type: 'failed', failure: { reason: 'aborted' } });
    const [intent] = s.journal.of('call-intent');
    const [outcome] = s.journal.of('call-outcome');
    assert.equal(outcome?.cost, intent?.reserved);
    assert.equal(outcome?.costIsReservation, true);
    assert.equal(s.asked('b'), 0);
    await nothingLeft(s);
  });

  it('does the same when the reader just stops listening', async () => {
    const s = stage({ a: ['half', { hang: true }] });
    for await (const event of s.router.complete(s.request(), new AbortController().signal))
      if (event.type === 'text') break;
    assert.equal(s.journal.of('call-outcome').length, 1);
    await nothingLeft(s);
  });

  it('does not wait for a provider that does not hear the abort', async () => {
    const s = stage({ a: ['half', { deaf: true }] });
    const abort = new AbortController();
    const turn = s.collect({}, abort.signal);
    await settle();
    abort.abort();
    const { last } = await s.clock.until(turn);
    assert.deepEqual(last, { type: 'failed', failure: { reason: 'aborted' } });
  });

  it('sends nothing and costs nothing when it was aborted before', async () => {
    const s = stage({ a: ['never'] });
    const { last } = await s.collect({}, AbortSignal.abort());
    assert.deepEqual(last, { type: 'failed', failure: { reason: 'aborted' } });
    assert.equal(s.asked('a'), 0);
  });

  for (const [what, script] of [
    ['a back-off', [{ fail: 'retryable' }]],
    ['a parked route', [{ fail: 'rate-limit', afterMs: 60_000 }]],
  ] as [string, Step[]][]) {
    it(`ends the wait for ${what} at once`, async () => {
      const s = stage({ a: script });
      const abort = new AbortController();
      const turn = s.collect({}, abort.signal);
      await settle();
      abort.abort();
      const { last } = await turn;
      assert.deepEqual(last, { type: 'failed', failure: { reason: 'aborted' } });
      await nothingLeft(s);
    });
  }

  it('fails the turn, and keeps no money, when the intent cannot be written', async () => {
    const s = stage({ a: ['never'] });
    s.journal.commit = async () => {
      throw new Error('disk full');
    };
    const { last } = await s.collect();
    assert.ok(last?.type === 'failed' && last.failure.reason === 'exhausted');
    assert.equal(last.failure.last.class, 'fatal');
    assert.equal(s.asked('a'), 0);
    for (const { reserved, spent } of s.budget.standing()) assert.equal(reserved + spent, 0);
  });
});
