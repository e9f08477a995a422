import type { Schema } from '@cfworker/json-schema';
import { parseDocument } from 'yaml';

export type SchemaMatch = { ok: true } | { ok: false; message: string };

const MAX_ERRORS = 10;

/** Reads JSON or YAML; undefined when it is neither. */
function read(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const document = parseDocument(text, { prettyErrors: false });
    if (document.errors.length > 0) return undefined;
    try {
      return { value: document.toJS({ maxAliasCount: 100 }) };
    } catch {
      return undefined;
    }
  }
}

/** Whether a JSON text satisfies a schema that an agent published. The schema is interpreted, never made into code. */
export async function matchSchema(schemaText: string, text: string): Promise<SchemaMatch> {
  const schema = read(schemaText)?.value;
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null || Array.isArray(schema))) {
    return { ok: false, message: 'the artifact is no JSON Schema: it must be an object' };
  }
  if (typeof schema === 'object' && 'openapi' in schema) {
    return { ok: false, message: 'the artifact is an OpenAPI document; only a JSON Schema can be matched' };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, message: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const { Validator } = await import('@cfworker/json-schema');
  try {
    const result = new Validator(schema as Schema | boolean, '2020-12', false).validate(value);
    if (result.valid) return { ok: true };
    // Inner errors say what is wrong; those of the keywords around them only that something is.
    const leaves = result.errors.filter(
      error =>
        !result.errors.some(other => other !== error && other.keywordLocation.startsWith(`${error.keywordLocation}/`)),
    );
    const lines = leaves.slice(0, MAX_ERRORS).map(error => `${error.instanceLocation}: ${error.error}`);
    if (leaves.length > MAX_ERRORS) lines.push(`and ${leaves.length - MAX_ERRORS} more`);
    return { ok: false, message: lines.join('\n') };
  } catch (error) {
    return {
      ok: false,
      message: `the artifact is no usable JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
