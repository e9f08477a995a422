import fc from 'fast-check';
import type * as z from 'zod';
import { Event, type JournalEvent } from '../../src/protocol/events.ts';
import { Hash, ModelRef, Name } from '../../src/protocol/ids.ts';

/** Few ids, so that events speak of each other. */
const names = fc.constantFrom('a', 'b', 'c', 'planner');
const models = fc.constantFrom('anthropic/large', 'anthropic/small', 'local/tiny');
const hashes = fc.constantFrom('0'.repeat(64), '1'.repeat(64), '2'.repeat(64));
const texts = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('\u2028', '\ud83d\ude80', '"\\\n', '# | *x*'));
const ids = new Set(
  'agent task call ask issue finding item write review id path phase provider key artifact'.split(' '),
);

/** What is read of a schema's definition; which fields there are depends on its type. */
interface Def {
  type: string;
  shape: Record<string, z.core.$ZodType>;
  innerType: z.core.$ZodType;
  element: z.core.$ZodType;
  valueType: z.core.$ZodType;
  options: z.core.$ZodType[];
  entries: object;
  values: unknown[];
}

/** What a zod schema of the protocol accepts, as a fast-check arbitrary. */
function arbitraryOf(schema: z.core.$ZodType, field?: string): fc.Arbitrary<unknown> {
  if (schema === ModelRef) return models;
  if (schema === Hash) return hashes;
  if (schema === Name) return names;
  const of = schema._zod.def as unknown as Def;
  switch (of.type) {
    case 'object': {
      const shape = Object.entries(of.shape);
      const optional = shape.filter(([, type]) => type._zod.def.type === 'optional').map(([key]) => key);
      return fc.record(Object.fromEntries(shape.map(([key, type]) => [key, arbitraryOf(type, key)])), {
        noNullPrototype: true,
        requiredKeys: shape.map(([key]) => key).filter(key => !optional.includes(key)),
      });
    }
    case 'optional':
    case 'default':
      return arbitraryOf(of.innerType, field);
    case 'nullable':
      return fc.option(arbitraryOf(of.innerType, field), { freq: 3 });
    case 'array':
      return fc.array(arbitraryOf(of.element, field), { minLength: 1, maxLength: 3 });
    case 'union':
      return fc.oneof(...of.options.map(option => arbitraryOf(option, field)));
    case 'record':
      return fc.dictionary(names, arbitraryOf(of.valueType), { maxKeys: 2, noNullPrototype: true });
    case 'enum':
      return fc.constantFrom(...Object.values(of.entries));
    case 'literal':
      return fc.constantFrom(...of.values);
    case 'string':
      return field !== undefined && ids.has(field) ? names : texts.map(text => text || 'x');
    case 'number':
      return fc.integer({ min: 1, max: field === 'priority' || field === 'rounds' ? 10 : 5000 });
    case 'boolean':
      return fc.boolean();
    case 'unknown':
      return fc.jsonValue({ maxDepth: 2 }).map(value => JSON.parse(JSON.stringify(value)));
    default:
      throw new Error(`no arbitrary for a schema of type ${of.type}`);
  }
}

/** Any event of the protocol. */
export const anyEvent = arbitraryOf(Event) as fc.Arbitrary<Event>;

/** Any journal: numbered from 1, dated by a clock that jumps now and then. */
export const anyJournal = (maxLength: number): fc.Arbitrary<JournalEvent[]> =>
  fc.array(fc.tuple(anyEvent, fc.integer({ min: -50, max: 1000 })), { maxLength }).map(list => {
    let at = 1_750_000_000_000;
    return list.map(([event, step], index) => {
      at += step;
      return { v: 1, seq: index + 1, at, ...event };
    });
  });
