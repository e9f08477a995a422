import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';

/** The part of JSON Schema that Gemini takes for parameters; with anything else it answers 400. */
const kept = new Set([
  '$ref',
  '$defs',
  'type',
  'format',
  'title',
  'description',
  'enum',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'anyOf',
  'oneOf',
  'properties',
  'required',
  'additionalProperties',
]);
const maps = new Set(['properties', '$defs']);

/** A schema that says as much of the same as Gemini understands. */
export function geminiSchema(schema: JsonObject): JsonObject {
  const clean: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'const') clean.enum = [value];
    else if (key === 'allOf') Object.assign(clean, merged(value));
    else if (kept.has(key)) clean[key] = maps.has(key) && isObject(value) ? each(value) : inside(value, key);
  }
  return clean;
}

function each(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, value]) => [name, inside(value)]));
}

function inside(value: unknown, key = ''): unknown {
  if (key === 'enum' || key === 'required') return value;
  if (Array.isArray(value)) return value.map(item => inside(item));
  return isObject(value) ? geminiSchema(value) : value;
}

/** All of several object schemas at once: their properties together. */
function merged(schemas: unknown): JsonObject {
  const all = Array.isArray(schemas) ? schemas.filter(isObject).map(geminiSchema) : [];
  const result: JsonObject = Object.assign({}, ...all);
  const properties = all.map(schema => schema.properties).filter(isObject);
  const required = all.flatMap(schema => (Array.isArray(schema.required) ? schema.required : []));
  if (properties.length) result.properties = Object.assign({}, ...properties);
  if (required.length) result.required = [...new Set(required)];
  return result;
}
