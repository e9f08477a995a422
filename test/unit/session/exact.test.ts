import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';
import { exactly } from '../../../src/core/session/exact.ts';
import { JournalReader } from '../../../src/core/session/read.ts';
import { Event, type JournalEvent } from '../../../src/protocol/events.ts';
import { anyEvent, anyJournal } from '../../support/arbitrary-events.ts';

/** Values that fit somewhere, almost fit, or fit nowhere. */
const anything = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 1.5, 2 ** 53, '', 'a', 'anthropic/large', '0'.repeat(64), 'completed'),
  fc.jsonValue({ maxDepth: 1 }),
);

/** Something in the value is taken out, put in or replaced: at a place that the walk finds. */
function spoilt(value: unknown, walk: number[], change: 'remove' | 'add' | 'replace', by: unknown): unknown {
  const [step = 0, ...rest] = walk;
  if (typeof value !== 'object' || value === null) return change === 'replace' ? by : value;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  if (key !== undefined && rest.length > 0) copy[key] = spoilt(copy[key], rest, change, by);
  else if (change === 'add') copy[key === undefined || step % 2 ? 'more' : `${key}s`] = by;
  else if (key !== undefined && change === 'replace') copy[key] = by;
  else if (key !== undefined) delete copy[key];
  return JSON.parse(JSON.stringify(copy));
}
const change = fc.constantFrom('remove' as const, 'add' as const, 'replace' as const);
const walk = fc.array(fc.nat(12), { minLength: 1, maxLength: 4 });

const byType = new Map(Event.options.map(option => [option.shape.type.value as string, exactly(option)]));
const takes = (value: unknown) => byType.get((value as Event).type)?.(value) ?? false;

/** Every line through the schema. */
function slowly(lines: string[]): JournalEvent[] {
  return lines.flatMap(line => {
    const { v, seq, at, ...rest } = JSON.parse(line);
    const event = Event.safeParse(rest);
    return event.success ? [{ ...event.data, v, seq, at }] : [];
  });
}

describe('the fast test of an event', () => {
  it('takes only what the schema would give back as it is, however an event is spoilt', () => {
    fc.assert(
      fc.property(anyEvent, walk, change, anything, (event, walk, change, by) => {
        for (const value of [event, spoilt(event, walk, change, by)]) {
          if (!takes(value)) continue;
          const parsed = Event.safeParse(value);
          assert.ok(parsed.success);
          assert.deepEqual(parsed.data, value);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('takes every event of the daily work', () => {
    const daily = anyEvent.filter(({ type }) => /^(agent|call|tool|write|round|finding|review|command)-/.test(type));
    fc.assert(fc.property(daily, event => takes(event)));
  });

  it('leaves to the schema what it would change, and what it does not understand', () => {
    const shadowed = z.union([z.object({ a: z.string() }), z.object({ a: z.string(), b: z.string() })]);
    const refused: [z.ZodType, unknown][] = [
      [shadowed, { a: '', b: '' }],
      [z.object({ a: z.string() }), { a: '', b: '' }],
      [z.object({ a: z.string() }), JSON.parse('{"a":"","__proto__":{}}')],
      [z.object({ a: z.string() }), ['a']],
      [z.object({ a: z.string().default('x') }), {}],
      [z.string().trim(), ' x'],
      [z.string().max(3), 'x'],
      [z.string().regex(/x/g), 'x'],
      [z.email(), 'a@b.example'],
      [z.coerce.string(), 'x'],
      [z.coerce.boolean(), true],
      [z.int32(), 1],
      [z.number().max(3), 1],
      [z.number().multipleOf(2), 2],
      [z.array(z.string()).max(3), []],
      [z.object({ a: z.string() }).refine(() => false), { a: '' }],
      [z.string().transform(text => text.length), 'x'],
      [z.record(z.string(), z.number()), {}],
      [z.string().catch('x'), 'y'],
    ];
    for (const [schema, value] of refused) assert.equal(exactly(schema)(value), false, JSON.stringify(value));
  });

  it('makes no difference to what a journal is read as', () => {
    fc.assert(
      fc.property(anyJournal(8), fc.nat(7), walk, change, anything, (events, where, walk, change, by) => {
        const lines = events.map((event, index) => {
          if (index !== where) return JSON.stringify(event);
          const { v, seq, at, ...rest } = event;
          return JSON.stringify({ v, seq, at, ...(spoilt(rest, walk, change, by) as object), type: event.type });
        });
        const reader = new JournalReader();
        const read = reader.push(Buffer.from(lines.map(line => `${line}\n`).join('')));
        assert.deepEqual(read, slowly(lines));
        assert.equal(reader.damagedLines, lines.length - read.length);
      }),
      { numRuns: 500 },
    );
  });
});
