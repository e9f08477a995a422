import type * as z from 'zod';

/** Whether a schema takes a value that came out of JSON exactly as it is: valid, and nothing added, changed or left out. */
export type Exact = (value: unknown) => boolean;

/** What is read of a schema's definition; which fields there are depends on its type. */
interface Definition {
  type: string;
  checks?: z.core.$ZodCheck[];
  coerce?: boolean;
  shape: Record<string, z.core.$ZodType>;
  innerType: z.core.$ZodType;
  element: z.core.$ZodType;
  options: z.core.$ZodType[];
  entries: Record<string, unknown>;
  values: unknown[];
}

interface CheckDefinition {
  check: string;
  format?: string;
  pattern?: RegExp;
  minimum: number;
  value: number;
  inclusive: boolean;
}

const definitionOf = (schema: z.core.$ZodType) => schema._zod.def as unknown as Definition;
const never: Exact = () => false;
const isString: Exact = value => typeof value === 'string';
const isNumber: Exact = value => typeof value === 'number' && Number.isFinite(value);

/**
 * A test that says yes only where the schema would give back the very same value, many times faster than the schema
 * can tell. Where it says no, the schema decides: whatever is not understood here is never taken.
 */
export function exactly(schema: z.core.$ZodType): Exact {
  const of = definitionOf(schema);
  switch (of.type) {
    case 'string':
      return of.coerce ? never : every(isString, checksOf(of), stringCheck);
    case 'number':
      return of.coerce ? never : every(isNumber, checksOf(of), numberCheck);
    case 'array':
      return every(arrayOf(exactly(of.element)), checksOf(of), arrayCheck);
  }
  if (of.checks?.length || of.coerce) return never;
  switch (of.type) {
    case 'boolean':
      return value => typeof value === 'boolean';
    case 'unknown':
      return () => true;
    case 'literal':
      return oneOf(of.values);
    case 'enum':
      return oneOf(Object.values(of.entries));
    case 'optional':
      return exactly(of.innerType);
    case 'nullable': {
      const inner = exactly(of.innerType);
      return value => value === null || inner(value);
    }
    case 'object':
      return objectOf(of.shape);
    case 'union':
      return unionOf(of.options);
    default:
      return never;
  }
}

/** For an object of these fields, beside which those named in `more` are known to stand. */
export function objectOf(shape: Definition['shape'], more: readonly string[] = []): Exact {
  const fields = Object.entries(shape).map(([key, schema]) => ({
    key,
    exact: exactly(schema),
    optional: definitionOf(schema).type === 'optional',
  }));
  return value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const given = value as Record<string, unknown>;
    let known = more.length;
    for (const { key, exact, optional } of fields) {
      const field = given[key];
      if (field === undefined) {
        if (!optional) return false;
        continue;
      }
      if (!exact(field)) return false;
      known++;
    }
    // What the schema does not know it would leave out.
    for (const _ in given) known--;
    return known === 0;
  };
}

function arrayOf(element: Exact): Exact {
  return value => Array.isArray(value) && value.every(element);
}

function oneOf(values: readonly unknown[]): Exact {
  const set = new Set(values);
  return value => set.has(value);
}

function every(
  type: Exact,
  checks: readonly CheckDefinition[],
  of: (check: CheckDefinition) => Exact | undefined,
): Exact {
  const tests = checks.map(check => of(check) ?? never);
  const [first, ...others] = tests;
  if (!first) return type;
  if (others.length === 0) return value => type(value) && first(value);
  return value => type(value) && tests.every(test => test(value));
}

/** A schema that was made as a format is its own first check. */
function checksOf(of: Definition): CheckDefinition[] {
  const checks = (of.checks ?? []).map(check => check._zod.def as unknown as CheckDefinition);
  return 'check' in of ? [of as unknown as CheckDefinition, ...checks] : checks;
}

function stringCheck({ check, format, pattern, minimum }: CheckDefinition): Exact | undefined {
  if (check === 'min_length') return value => (value as string).length >= minimum;
  // A pattern that remembers where it stopped would not answer the same twice.
  if (check !== 'string_format' || format !== 'regex' || !pattern || pattern.global || pattern.sticky) return undefined;
  return value => pattern.test(value as string);
}

function numberCheck({ check, format, value: bound, inclusive }: CheckDefinition): Exact | undefined {
  if (check === 'number_format') return format === 'safeint' ? Number.isSafeInteger : undefined;
  if (check !== 'greater_than') return undefined;
  return value => (value as number) > bound || (inclusive && value === bound);
}

function arrayCheck({ check, minimum }: CheckDefinition): Exact | undefined {
  return check === 'min_length' ? value => (value as unknown[]).length >= minimum : undefined;
}

const simple = new Set(['string', 'number', 'boolean', 'literal', 'enum']);

/**
 * A schema takes the first option that fits, and might leave out what a later one knows. So options are told apart by
 * a field that stands for each of them, or are of a kind that is never changed.
 */
function unionOf(options: readonly z.core.$ZodType[]): Exact {
  const definitions = options.map(definitionOf);
  if (definitions.every(({ type }) => simple.has(type))) {
    const tests = options.map(exactly);
    return value => tests.some(test => test(value));
  }
  const key = discriminator(definitions);
  if (key === undefined) return never;
  const byValue = new Map<unknown, Exact>();
  definitions.forEach((of, index) => {
    const exact = exactly(options[index] as z.core.$ZodType);
    for (const value of literals(of, key)) byValue.set(value, exact);
  });
  return value => {
    if (typeof value !== 'object' || value === null) return false;
    return byValue.get((value as Record<string, unknown>)[key])?.(value) ?? false;
  };
}

const literals = (of: Definition, key: string): unknown[] => {
  const field = of.type === 'object' && of.shape[key] && definitionOf(of.shape[key]);
  return field && field.type === 'literal' ? field.values : [];
};

/** A field that is another literal in each option. */
function discriminator(options: readonly Definition[]): string | undefined {
  return Object.keys(options[0]?.shape ?? {}).find(key => {
    const values = options.map(of => literals(of, key));
    return values.every(each => each.length > 0) && new Set(values.flat()).size === values.flat().length;
  });
}
