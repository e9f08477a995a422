import { refuse } from './failure.ts';
import { isObject, isText, unknownKey } from './json.ts';

/** The fields of Google's own Schema message; JSON Schema has more, and each of those is an error. */
const known = new Set(
  (
    'type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength ' +
    'maxLength pattern example anyOf propertyOrdering default items minimum maximum'
  ).split(' '),
);
const types = new Set(['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']);

export function checkSchema(value: unknown, at: string): void {
  if (!isObject(value)) refuse(`Invalid value at '${at}': not an object.`);
  const odd = unknownKey(value, known);
  if (odd) refuse(`Invalid JSON payload received. Unknown name "${odd}" at '${at}': Cannot find field.`);
  if (value.type !== undefined && !(isText(value.type) && types.has(value.type.toUpperCase())))
    refuse(`Invalid value at '${at}.type': ${JSON.stringify(value.type)}`);
  if (value.items !== undefined) checkSchema(value.items, `${at}.items`);
  if (Array.isArray(value.anyOf)) for (const [i, one] of value.anyOf.entries()) checkSchema(one, `${at}.any_of[${i}]`);
  if (!isObject(value.properties)) return;
  for (const [key, one] of Object.entries(value.properties)) checkSchema(one, `${at}.properties[${key}]`);
  if (Array.isArray(value.required))
    for (const key of value.required)
      if (!(String(key) in value.properties)) refuse(`${at}.required: property is not defined: ${key}`);
}
