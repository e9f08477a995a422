import { refuse } from './failure.ts';
import { type Json, unknownKey } from './json.ts';

/** Field names, written as one text. */
export const keys = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Google's parser knows every field, in camel case and in snake case, and refuses all others. */
export function onlyKnown(value: Json, fields: ReadonlySet<string>, at: string): Json {
  const camel: Json = {};
  for (const key in value) camel[key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value[key];
  const odd = unknownKey(camel, fields);
  if (odd) refuse(`Invalid JSON payload received. Unknown name "${odd}"${at ? ` at '${at}'` : ''}: Cannot find field.`);
  return camel;
}
