import { isObject, type JsonSchema, mistakes } from './schema.ts';

const FORMATS: Record<string, string> = {
  'date-time': '2026-01-02T03:04:05Z',
  date: '2026-01-02',
  time: '03:04:05Z',
  email: 'someone@example.org',
  uuid: '1b4e28ba-2fa1-4d2f-883f-0016d3cca427',
  uri: 'https://example.org/',
  hostname: 'example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};
const DEEPEST = 12;

/** A value that satisfies the schema; undefined where none was found, which says nothing of whether there is one. */
export async function sampleOf(
  schema: JsonSchema,
  whole: (schema: JsonSchema) => JsonSchema,
): Promise<{ value: unknown } | undefined> {
  const root = whole(schema);
  const value = make(schema, root, 0);
  return (await mistakes(root, value)).length === 0 ? { value } : undefined;
}

function follow(schema: JsonSchema, root: JsonSchema): Record<string, unknown> {
  let found: unknown = schema;
  for (let step = 0; step < 20 && isObject(found) && typeof found.$ref === 'string'; step++) {
    const parts: string[] = found.$ref.replace(/^#\//, '').split('/');
    found = parts.reduce<unknown>(
      (at, part) =>
        isObject(at) ? at[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined,
      root,
    );
  }
  return isObject(found) ? found : {};
}

function make(schema: JsonSchema, root: JsonSchema, depth: number): unknown {
  const of = follow(schema, root);
  if (of.example !== undefined) return of.example;
  if (Array.isArray(of.examples) && of.examples.length > 0) return of.examples[0];
  if (of.const !== undefined) return of.const;
  if (Array.isArray(of.enum)) return of.enum[0];
  if (of.default !== undefined) return of.default;
  if (depth > DEEPEST) return null;
  const [choice] = [of.oneOf, of.anyOf].flatMap(list => (Array.isArray(list) ? list : []));
  if (choice !== undefined) return make(choice as JsonSchema, root, depth + 1);
  const [type] = Array.isArray(of.type) ? of.type : [of.type];
  if (type === 'object' || isObject(of.properties) || Array.isArray(of.allOf) || Array.isArray(of.required))
    return object(of, root, depth);
  if (type === 'array') {
    const count = typeof of.minItems === 'number' ? of.minItems : 0;
    return Array.from({ length: Math.min(count, 100) }, () => make(of.items as JsonSchema, root, depth + 1));
  }
  if (type === 'integer' || type === 'number') return number(of, type);
  if (type === 'boolean') return true;
  return type === 'null' ? null : string(of);
}

/** What must be there, and nothing else. */
function object(of: Record<string, unknown>, root: JsonSchema, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const part of Array.isArray(of.allOf) ? of.allOf : []) {
    const more = make(part as JsonSchema, root, depth + 1);
    if (isObject(more)) Object.assign(made, more);
  }
  const properties = isObject(of.properties) ? of.properties : {};
  for (const name of Array.isArray(of.required) ? of.required : [])
    made[String(name)] ??= make((properties[String(name)] ?? true) as JsonSchema, root, depth + 1);
  return made;
}

function number(of: Record<string, unknown>, type: string): number {
  const least = typeof of.minimum === 'number' ? of.minimum : undefined;
  const above = typeof of.exclusiveMinimum === 'number' ? of.exclusiveMinimum : undefined;
  const step = typeof of.multipleOf === 'number' ? of.multipleOf : 1;
  const from = least ?? (above === undefined ? 1 : above + (type === 'integer' ? 1 : 0.5));
  const most = typeof of.maximum === 'number' ? of.maximum : Number.POSITIVE_INFINITY;
  return Math.min(most, Math.ceil(from / step) * step);
}

function string(of: Record<string, unknown>): string {
  const format = typeof of.format === 'string' ? FORMATS[of.format] : undefined;
  const text = format ?? 'sample';
  const least = typeof of.minLength === 'number' ? of.minLength : 0;
  const most = typeof of.maxLength === 'number' ? of.maxLength : Number.POSITIVE_INFINITY;
  return text.padEnd(Math.min(least, 10_000), 'x').slice(0, most);
}

/** A value that does not satisfy the schema, and differs from the good one in as little as possible. */
export async function wrongOf(root: JsonSchema, good: unknown): Promise<{ value: unknown; what: string } | undefined> {
  const fields = isObject(good) ? Object.keys(good) : [];
  const candidates: { value: unknown; what: string }[] = [
    ...fields.flatMap(name =>
      [{ wrong: true }, 42, 'wrong', ''].map(value => ({
        value: { ...(good as object), [name]: value },
        what: `${name} is ${JSON.stringify(value)}`,
      })),
    ),
    ...fields.map(name => ({
      value: Object.fromEntries(Object.entries(good as object).filter(([key]) => key !== name)),
      what: `${name} is missing`,
    })),
    ...[{}, [], 'wrong', 42, null].map(value => ({ value, what: `it is ${JSON.stringify(value)}` })),
  ];
  for (const candidate of candidates) if ((await mistakes(root, candidate.value)).length > 0) return candidate;
  return undefined;
}

/** A name of something that is not there, of the type that the schema wants. */
export async function missingOf(root: JsonSchema): Promise<string | undefined> {
  for (const value of ['no-such-thing', '00000000-0000-4000-8000-000000000000', 999_999_999, '0'.repeat(24)])
    if ((await mistakes(root, value)).length === 0) return String(value);
  return undefined;
}
