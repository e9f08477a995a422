import assert from 'node:assert/strict';
import { Teller } from '../../../src/server/hooks/tell.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

const hook = {
  kind: 'out' as const,
  name: 'chat',
  secret: 'any',
  createdAt: 0,
  url: 'https://chat.example.org/',
  of: ['ask' as const],
};

describe('An address that is told', () => {
  it('is tried again after growing pauses, given up at last, and then told what came after', async () => {
    const clock = new FakeClock();
    const tried: { id: string; at: number }[] = [];
    const lost: string[] = [];
    let takes = false;
    const teller = new Teller(hook, {
      clock,
      log: { write: (_level, text) => lost.push(text) },
      send: async (_url, init) => {
        const { 'x-orchestrate-delivery': id = '' } = (init?.headers ?? {}) as Record<string, string>;
        tried.push({ id, at: clock.now() });
        if (!takes) throw new TypeError('nobody is there');
        return new Response();
      },
    });
    const begun = clock.now();
    teller.tell({ id: 'a', body: '{}' });
    teller.tell({ id: 'b', body: '{}' });
    for (const pause of [1000, 5000, 30_000, 120_000, 600_000]) {
      await settle();
      await clock.advance(pause);
    }
    await settle();
    assert.deepEqual(
      tried.filter(({ id }) => id === 'a').map(({ at }) => at - begun),
      [0, 1000, 6000, 36_000, 156_000, 756_000],
    );
    assert.deepEqual([lost.length, lost[0]?.includes('did not take a')], [1, true]);
    takes = true;
    await clock.advance(1000);
    await settle();
    assert.equal(tried.at(-1)?.id, 'b');
    await settle();
    teller.dispose();
    assert.equal(lost.length, 1, 'b was taken');
  });

  it('is given up for what waits too long behind it, and says nothing any more when the server ends', async () => {
    const clock = new FakeClock();
    const lost: string[] = [];
    let sent = 0;
    const teller = new Teller(hook, {
      clock,
      log: { write: (_level, text) => lost.push(text) },
      send: async () => {
        sent++;
        return new Response(undefined, { status: 500 });
      },
    });
    for (let n = 0; n < 103; n++) teller.tell({ id: `n${n}`, body: '{}' });
    await settle();
    assert.deepEqual(
      lost.map(text => /did not take (\w+)/.exec(text)?.[1]),
      ['n1', 'n2', 'n3'],
    );
    teller.dispose();
    assert.equal(lost.length, 103, 'what was not told is said');
    await clock.advance(10_000_000);
    teller.tell({ id: 'late', body: '{}' });
    await settle();
    assert.equal(sent, 1);
  });
});
