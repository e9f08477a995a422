import assert from 'node:assert/strict';
import type { Span } from '../../../src/runtime/traces/otlp.ts';
import { SpanSender } from '../../../src/runtime/traces/sender.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

const target = {
  url: 'http://c.example/v1/traces',
  headers: { key: 'x' },
  timeoutMs: 100,
  contents: false,
  resource: {},
  secrets: [],
};
const span = (name: string): Span => ({
  ...{ trace: 'a'.repeat(32), id: 'b'.repeat(16), name, kind: 'internal', begun: 1, ended: 2 },
  ...{ attributes: {}, failed: false },
});

describe('What is traced', () => {
  const clock = new FakeClock();
  let said: string[];
  let sent: string[][];
  let answers: (number | Error)[];
  let sender: SpanSender;
  beforeEach(() => {
    [said, sent, answers] = [[], [], []];
    sender = new SpanSender(target, {
      clock,
      log: { write: (_level, text) => said.push(text) },
      version: '1',
      send: async (_url, init) => {
        const { resourceSpans } = JSON.parse(String(init?.body));
        sent.push(resourceSpans[0].scopeSpans[0].spans.map(({ name }: Span) => name));
        assert.equal(init?.redirect, 'error');
        const answer = answers.shift() ?? 200;
        if (answer instanceof Error) throw answer;
        return new Response(undefined, { status: answer });
      },
    });
  });

  it('is gathered for some seconds, and sent as one', async () => {
    sender.add([span('a')]);
    sender.add([span('b')]);
    await clock.advance(4999);
    assert.deepEqual(sent, []);
    await clock.advance(1);
    assert.deepEqual(sent, [['a', 'b']]);
    await sender.close();
  });

  it('is tried again while the collector is away or busy, given up when it says no, and that is said once', async () => {
    answers = [new TypeError('nobody is there'), 503, 200, 400, 400];
    sender.add([span('a')]);
    for (const pause of [5000, 1000, 2000]) {
      await clock.advance(pause);
      await settle();
    }
    assert.deepEqual(sent, [['a'], ['a'], ['a']]);
    for (const name of ['b', 'c']) {
      sender.add([span(name)]);
      await clock.advance(5000);
      await settle();
    }
    assert.deepEqual(sent.slice(3), [['b'], ['c']], 'what is refused is refused');
    assert.deepEqual(said, ['traces are not taken by http://c.example: it answers 400']);
    await sender.close();
  });

  it('that nobody takes is told without the address and what the network said of it', async () => {
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    answers = Array.from(
      { length: 5 },
      () => new TypeError('fetch failed for https://me:hunter2-hunter2@x', { cause }),
    );
    sender.add([span('a')]);
    await settle();
    for (const pause of [5000, 1000, 2000, 4000, 8000]) {
      await clock.advance(pause);
      await settle();
    }
    assert.deepEqual(said, ['traces are not taken by http://c.example: it cannot be reached (ECONNREFUSED)']);
    await sender.close();
  });

  it('is bounded while nobody takes it, and what is left goes out when the session ends, which waits a moment only', async () => {
    answers = Array.from({ length: 100 }, () => new TypeError('nobody is there'));
    for (let n = 0; n < 10_000; n++) sender.add([span(`n${n}`)]);
    await settle();
    answers = [];
    await sender.close();
    const names = sent.slice(1).flat();
    assert.equal(names.at(-1), 'n9999');
    assert.ok(names.length < 6000, `${names.length} were kept`);

    const silent = new SpanSender(target, {
      ...{ clock, version: '1', log: { write: () => undefined } },
      send: () => new Promise(() => undefined),
    });
    silent.add([span('a')]);
    let closed = false;
    void silent.close().then(() => {
      closed = true;
    });
    await clock.advance(2999);
    assert.equal(closed, false);
    await clock.advance(1);
    await settle();
    assert.equal(closed, true);
  });
});
