import { refuse } from './failure.ts';

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** The first key that is not known; undefined if all are. */
export function unknownKey(value: Json, known: ReadonlySet<string>): string | undefined {
  for (const key in value) if (!known.has(key)) return key;
  return undefined;
}

/** JSON that has to be an object; an empty text is an empty one, as for calls without arguments. */
export function parseArguments(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    if (isObject(value)) return value;
  } catch {
    // Said below, the same as for JSON of another kind.
  }
  return refuse(`${where}: not a JSON object`, { param: where });
}
