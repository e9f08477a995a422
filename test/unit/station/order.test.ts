import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Item } from '../../../src/core/station/contract.ts';
import { orderItems } from '../../../src/core/station/order.ts';

const HOUR = 3_600_000;
const now = 1_000 * 24 * HOUR;

const item = (id: number, more: Partial<Item> = {}): Item => ({
  id: `q${id}`,
  text: `work ${id}`,
  priority: 5,
  needs: [],
  status: 'waiting',
  addedAt: now,
  by: 'user',
  cause: `c${id}`,
  runs: [],
  ...more,
});
const order = (items: Item[], more: { expected?: number; slots?: number; now?: number } = {}) =>
  orderItems(items, { now: more.now ?? now, slots: more.slots ?? 1, expected: () => more.expected ?? HOUR }).map(
    ({ id }) => id,
  );

const anyItems = fc
  .array(
    fc.record({
      priority: fc.integer({ min: 0, max: 10 }),
      age: fc.integer({ min: 0, max: 20 * 24 }),
      due: fc.option(fc.integer({ min: -5, max: 100 }), { nil: undefined }),
      need: fc.option(fc.nat(20), { nil: undefined }),
    }),
    { maxLength: 20 },
  )
  .map(all =>
    all.map(({ priority, age, due, need }, i) =>
      item(i + 1, {
        priority,
        addedAt: now - age * HOUR,
        ...(due !== undefined && { due: now + due * HOUR }),
        ...(need !== undefined && need < i && { needs: [`q${need + 1}`] }),
      }),
    ),
  );

describe('the order of the queue', () => {
  it('is priority, then age, where nothing is due', () => {
    const items = [item(1, { priority: 2 }), item(2, { addedAt: now - 1 }), item(3), item(4, { priority: 7 })];
    assert.deepEqual(order(items), ['q4', 'q2', 'q3', 'q1']);
  });

  it('puts what would be late ahead of what is merely wanted more', () => {
    const items = [item(1, { priority: 7 }), item(2, { priority: 0, due: now + 1.5 * HOUR })];
    assert.deepEqual(order(items), ['q2', 'q1']);
    assert.deepEqual(order([item(1, { priority: 7 }), item(2, { priority: 0, due: now + 9 * HOUR })]), ['q1', 'q2']);
  });

  it('puts what is for now ahead of all that is not late', () => {
    assert.deepEqual(order([item(1, { priority: 7, addedAt: now - HOUR }), item(2, { priority: 9 })]), ['q2', 'q1']);
  });

  it('has the more urgent first of two that are for now, though it came a moment later', () => {
    assert.deepEqual(order([item(1, { priority: 8, addedAt: now - 60_000 }), item(2, { priority: 10 })]), ['q2', 'q1']);
  });

  it('has what others need by a time done by then', () => {
    const items = [item(1, { priority: 1 }), item(2, { priority: 7 }), item(3, { due: now + 2 * HOUR, needs: ['q1'] })];
    assert.deepEqual(order(items).slice(0, 1), ['q1']);
  });

  it('keeps an item where a person put it', () => {
    const items = [item(1), item(2), item(3, { moved: { before: 'q1', move: 1 } }), item(4, { priority: 9 })];
    assert.deepEqual(order(items), ['q4', 'q3', 'q1', 'q2']);
    const last = [item(1, { moved: { move: 2 } }), item(2), item(3)];
    assert.deepEqual(order(last), ['q2', 'q3', 'q1']);
  });

  it('has every item once, and does not depend on how the queue is listed', () => {
    fc.assert(
      fc.property(anyItems, fc.nat(), (items, seed) => {
        const shuffled = items.toSorted(
          (a, b) => ((Number(a.id.slice(1)) * (seed + 7)) % 13) - (Number(b.id.slice(1)) % 13),
        );
        const found = order(items);
        assert.deepEqual(found, order(shuffled));
        assert.deepEqual([...found].sort(), items.map(({ id }) => id).sort());
      }),
    );
  });

  it('keeps every deadline that one member could keep, whatever else is in the queue', () => {
    const dues = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 8 });
    const others = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 12 });
    fc.assert(
      fc.property(dues, others, (slacks, priorities) => {
        // Each is due when those before it are done, or later; one other may have begun just before.
        const due = slacks.map((slack, i) => item(i + 1, { priority: 0, due: now + (i + 2 + slack) * HOUR }));
        const rest = priorities.map((priority, i) => item(100 + i, { priority }));
        let left = [...due, ...rest];
        for (let at = now; left.length > 0; at += HOUR) {
          const [first = ''] = order(left, { now: at });
          const begun = left.find(({ id }) => id === first) as Item;
          if (begun.due !== undefined)
            assert.ok(at + HOUR <= begun.due, `${first} is done ${(at + HOUR - begun.due) / HOUR} h late`);
          left = left.filter(({ id }) => id !== first);
        }
      }),
    );
  });

  it('lets nothing wait for ever behind a stream of better work', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 10 }), (priority, others) => {
        const waiting = item(1, { priority });
        const longest = (priority >= 4 ? 2 * 24 : 14 * 24) + 2;
        for (let hour = 0; hour <= longest; hour++) {
          const at = now + hour * HOUR;
          const fresh = item(1000 + hour, { priority: others, addedAt: at });
          if (order([waiting, fresh], { now: at })[0] === 'q1') return;
        }
        assert.fail(`still waiting after ${longest} hours`);
      }),
    );
  });
});
