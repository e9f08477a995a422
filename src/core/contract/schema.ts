import type { Schema } from '@cfworker/json-schema';

export type JsonSchema = Record<string, unknown> | boolean;

const MAX_ERRORS = 10;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with a value, in lines; none: it satisfies the schema. The schema is interpreted, never made into code. Throws when it is no usable schema. */
export async function mistakes(schema: JsonSchema, value: unknown): Promise<string[]> {
  const { Validator } = await import('@cfworker/json-schema');
  const result = new Validator(schema as Schema | boolean, '2020-12', false).validate(value);
  if (result.valid) return [];
  // Inner errors say what is wrong; those of the keywords around them only that something is.
  const leaves = result.errors.filter(
    error =>
      !result.errors.some(other => other !== error && other.keywordLocation.startsWith(`${error.keywordLocation}/`)),
  );
  const lines = leaves.slice(0, MAX_ERRORS).map(error => `${error.instanceLocation}: ${error.error}`);
  if (leaves.length > MAX_ERRORS) lines.push(`and ${leaves.length - MAX_ERRORS} more`);
  return lines;
}
