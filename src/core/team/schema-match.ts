import { readText } from '../contract/read-text.ts';
import { isObject, type JsonSchema, mistakes } from '../contract/schema.ts';

export type SchemaMatch = { ok: true } | { ok: false; message: string };

/** Whether a JSON text satisfies a schema that an agent published. */
export async function matchSchema(schemaText: string, text: string): Promise<SchemaMatch> {
  const schema = readText(schemaText)?.value;
  if (typeof schema !== 'boolean' && !isObject(schema))
    return { ok: false, message: 'the artifact is no JSON Schema: it must be an object' };
  if (isObject(schema) && 'openapi' in schema)
    return {
      ok: false,
      message:
        'the artifact is an OpenAPI document, which no single text can match: give the check `serves` with the commands that start the parts, and its operations are tried',
    };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, message: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  try {
    const wrong = await mistakes(schema as JsonSchema, value);
    return wrong.length === 0 ? { ok: true } : { ok: false, message: wrong.join('\n') };
  } catch (error) {
    return {
      ok: false,
      message: `the artifact is no usable JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
