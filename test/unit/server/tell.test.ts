import assert from 'node:assert/strict';
import { Teller } from '../../../src/server/hooks/tell.ts';
import type { Kept } from '../../../src/server/outbox.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

const hook = {
  kind: 'out' as const,
  name: 'chat',
  secret: 'any',
  createdAt: 0,
  url: 'https://chat.example.org/',
  of: ['ask' as const],
};

/** What would stand in the files of the outbox. */
function memoryOutbox() {
  const kept = new Map<string, number>();
  return {
    kept,
    keep: async ({ letter }: Kept) => void kept.set(letter.id, letter.tries),
    drop: async ({ letter }: Kept) => void kept.delete(letter.id),
  };
}
const letter = (id: string, tries = 0) => ({ id, body: '{}', at: 0, tries });

/** Tells an address that takes nothing. */
function unheard() {
  const clock = new FakeClock();
  const outbox = memoryOutbox();
  const lost: string[] = [];
  let sent = 0;
  const teller = new Teller(hook, {
    clock,
    outbox,
    log: { write: (_level, text) => lost.push(text) },
    send: async () => {
      sent++;
      return new Response(undefined, { status: 500 });
    },
  });
  return { clock, outbox, lost, tries: () => sent, teller };
}

describe('An address that is told', () => {
  it('is tried again after growing pauses, given up at last, and then told what came after', async () => {
    const clock = new FakeClock();
    const outbox = memoryOutbox();
    const tried: { id: string; at: number }[] = [];
    const lost: string[] = [];
    let takes = false;
    const teller = new Teller(hook, {
      clock,
      outbox,
      log: { write: (_level, text) => lost.push(text) },
      send: async (_url, init) => {
        const { 'x-orchestrate-delivery': id = '' } = (init?.headers ?? {}) as Record<string, string>;
        tried.push({ id, at: clock.now() });
        if (!takes) throw new TypeError('nobody is there');
        return new Response();
      },
    });
    const begun = clock.now();
    teller.tell(letter('a'));
    teller.tell(letter('b'));
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
    await teller.kept();
    assert.deepEqual([lost.length, outbox.kept.size], [1, 0], 'b was taken');
  });

  it('is given up for what waits too long behind it, and what waits when the server ends is kept', async () => {
    const { clock, outbox, lost, tries, teller } = unheard();
    for (let n = 0; n < 103; n++) teller.tell(letter(`n${n}`));
    await settle();
    assert.deepEqual(
      lost.map(text => /did not take (\w+)/.exec(text)?.[1]),
      ['n1', 'n2', 'n3'],
    );
    teller.dispose();
    await teller.kept();
    assert.deepEqual([lost.length, outbox.kept.size], [3, 100], 'what waits is kept for the next server');
    assert.equal(outbox.kept.get('n0'), 1, 'with how often it was tried');
    await clock.advance(10_000_000);
    teller.tell(letter('late'));
    await settle();
    assert.equal(tries(), 1);
  });

  it('goes on with the pauses where an earlier server was', async () => {
    const { clock, outbox, lost, tries, teller } = unheard();
    teller.tell(letter('old', 4));
    teller.tell(letter('old', 4));
    await settle();
    await clock.advance(599_999);
    assert.equal(tries(), 1);
    await clock.advance(1);
    await settle();
    await teller.kept();
    assert.deepEqual([tries(), lost.length, outbox.kept.size], [2, 1, 0]);
    teller.dispose();
  });
});
