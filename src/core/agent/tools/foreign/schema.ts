import { type OutputUnit, type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema';
import * as z from 'zod';

type Json = Record<string, unknown>;

/** What no vendor takes at the top of a tool's parameters; the check still knows it. */
const NOT_ON_TOP = new Set(['$schema', '$id', 'id', 'oneOf', 'anyOf', 'allOf', 'not', 'if', 'then', 'else', 'enum']);
const MAX_CHARACTERS = 20_000;
const EMPTY: Json = { type: 'object', properties: {} };

/** The schema as models are told of it. One that is out of all proportion is left out: the check tells what is wrong. */
export function parametersOf(schema: Json | undefined): Json {
  if (!schema || JSON.stringify(schema).length > MAX_CHARACTERS) return EMPTY;
  const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => !NOT_ON_TOP.has(key)));
  return { ...kept, type: 'object', properties: kept.properties ?? {} };
}

const draftOf = ({ $schema }: Json): SchemaDraft =>
  typeof $schema === 'string' && /draft-0?([47])/.test($schema) ? ($schema.includes('4') ? '4' : '7') : '2020-12';

/** The innermost errors say what is wrong; those of the keywords around them only that something is. */
const innermost = (errors: readonly OutputUnit[]) =>
  errors.filter(
    error =>
      error.keyword !== 'false' &&
      !errors.some(other => other !== error && other.keywordLocation.startsWith(`${error.keywordLocation}/`)),
  );

const pathOf = (pointer: string): string[] =>
  pointer
    .replace(/^#\/?/, '')
    .split('/')
    .filter(step => step !== '')
    .map(step => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));

function at(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = (found as Json | undefined | null)?.[key];
  return found;
}

/** The type that stands at a place of the schema, where it is one that a value can be turned into. */
function typeAt(
  schema: Json,
  pointer: string,
): 'number' | 'int' | 'boolean' | 'array' | 'object' | 'string' | undefined {
  const type = at(schema, pathOf(pointer));
  if (type === 'integer') return 'int';
  return ['number', 'boolean', 'array', 'object', 'string'].includes(String(type)) ? (type as 'number') : undefined;
}

/** Reads the arguments as the schema wants them. A schema that cannot be used checks nothing: the tool will. */
export function argumentsCheck(schema: Json | undefined): z.ZodType<Json> {
  const fields = z.record(z.string(), z.unknown());
  if (!schema) return fields;
  let validator: Validator | undefined;
  return fields.superRefine((value, context) => {
    let errors: readonly OutputUnit[];
    try {
      validator ??= new Validator(schema as Schema, draftOf(schema), false);
      const result = validator.validate(value);
      if (result.valid) return;
      errors = innermost(result.errors);
    } catch {
      return;
    }
    for (const { keyword, keywordLocation, instanceLocation, error } of errors) {
      const path = pathOf(instanceLocation);
      const expected = keyword === 'type' ? typeAt(schema, keywordLocation) : undefined;
      context.addIssue(
        expected && path.length > 0
          ? { code: 'invalid_type', expected, path, message: error, input: at(value, path) }
          : { code: 'custom', path, message: error, input: value },
      );
    }
  });
}
