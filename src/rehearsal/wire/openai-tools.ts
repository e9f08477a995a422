import type { ToolSpec } from '../../core/routing/contract.ts';
import { refuse } from './failure.ts';
import { isObject, isText, type Json } from './json.ts';

/** Checks one function as both OpenAI formats do; `at` is its place in the request. */
export function readFunction(value: Json, at: string): ToolSpec {
  const { name, parameters } = value;
  if (!isText(name)) refuse(`Missing required parameter: '${at}.name'.`, missing(`${at}.name`));
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name))
    refuse(`Invalid '${at}.name': string does not match pattern. Expected a string that matches '^[a-zA-Z0-9_-]+$'.`, {
      param: `${at}.name`,
      code: 'invalid_value',
    });
  const schema = parameters ?? { type: 'object', properties: {} };
  const param = `${at}.parameters`;
  if (!isObject(schema) || schema.type !== 'object')
    refuse(
      `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"'.`,
      badSchema(param),
    );
  if (value.strict === true) checkStrict(schema, name, param);
  return { name, description: isText(value.description) ? value.description : '', parameters: schema };
}

export const missing = (param: string) => ({ param, code: 'missing_required_parameter' });
const badSchema = (param: string) => ({ param, code: 'invalid_function_parameters' });

function checkStrict(schema: Json, name: string, param: string): void {
  if (isObject(schema.properties)) {
    if (schema.additionalProperties !== false)
      refuse(
        `Invalid schema for function '${name}': 'additionalProperties' is required to be supplied and to be false.`,
        badSchema(param),
      );
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    for (const [key, inner] of Object.entries(schema.properties)) {
      if (!required.has(key))
        refuse(
          `Invalid schema for function '${name}': 'required' is required to be an array including every key in properties. ` +
            `Missing '${key}'.`,
          badSchema(param),
        );
      if (isObject(inner)) checkStrict(inner, name, param);
    }
  }
  if (isObject(schema.items)) checkStrict(schema.items, name, param);
}

/** The image in a data URL. */
export function readDataUrl(url: unknown, at: string) {
  const found = isText(url) ? /^data:(image\/[a-z+.-]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(url) : null;
  if (!found?.[1] || !found[2])
    refuse(`Invalid '${at}'. Expected a base64-encoded data URL with an image MIME type.`, {
      param: at,
      code: 'invalid_value',
    });
  return { type: 'image' as const, mediaType: found[1], data: found[2] };
}
