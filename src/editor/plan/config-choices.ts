import { own } from '../../core/own.ts';

/** As much of a JSON schema as the one of a configuration uses. */
export interface ConfigSchema {
  type?: string;
  description?: string;
  properties?: Record<string, ConfigSchema>;
  additionalProperties?: ConfigSchema | boolean;
  items?: ConfigSchema;
  enum?: string[];
  enumDescriptions?: string[];
}

export interface ConfigChoice {
  kind: 'key' | 'value';
  text: string;
  detail?: string | undefined;
}

/** A step of a path into an item of a list. */
const ITEM = '[]';
const KEY = /^(\s*)((?:-\s+)?)([\w.-]+):(?:\s|$)/;

/** What fits where the cursor stands in a configuration in YAML: keys that are not there yet, or a key's values. */
export function configChoices(schema: ConfigSchema, lines: readonly string[], line: number, column: number) {
  const before = (lines[line] ?? '').slice(0, column);
  const [, indent, dash, key, isValue] = /^(\s*)((?:-\s+)?)([\w.-]*)(:\s+\S*)?$/.exec(before) ?? [];
  if (indent === undefined || dash === undefined || key === undefined) return [];
  const path = dash === '' ? pathAt(lines, line, indent.length) : [...pathAt(lines, line, indent.length + 1), ITEM];
  if (isValue !== undefined) return valuesOf(descend(schema, [...path, key]));
  const there = keysBeside(lines, line, indent.length + dash.length, dash !== '');
  return keysOf(descend(schema, path)).filter(({ text }) => !there.has(text.replace(/:.*/, '')));
}

/** The keys that a line of that indentation stands under. */
function pathAt(lines: readonly string[], line: number, indent: number): string[] {
  const path: string[] = [];
  let limit = indent;
  for (let i = line - 1; i >= 0 && limit > 0; i--) {
    const [, spaces, dash, key] = KEY.exec(lines[i] ?? '') ?? [];
    if (spaces === undefined || dash === undefined || key === undefined) continue;
    const at = spaces.length + dash.length;
    if (at < limit) path.unshift(key);
    else if (at > limit || dash === '') continue;
    limit = at;
    if (dash === '') continue;
    path.unshift(ITEM);
    // A list may stand as far left as the key that it belongs to.
    limit = spaces.length + 1;
  }
  return path;
}

/** Keys of the same mapping: above, unless an item of a list begins here, and below. */
function keysBeside(lines: readonly string[], line: number, indent: number, begins: boolean): Set<string> {
  const found = new Set<string>();
  for (const step of begins ? [1] : [-1, 1]) {
    for (let i = line + step; i >= 0 && i < lines.length; i += step) {
      const text = lines[i] ?? '';
      if (text.trim() === '' || text.trim().startsWith('#')) continue;
      const [, spaces, dash, key] = KEY.exec(text) ?? [];
      const at = (spaces ?? /^\s*/.exec(text)?.[0] ?? '').length + (dash?.length ?? 0);
      if (at < indent || (step === 1 && at === indent && dash)) break;
      if (at === indent && key !== undefined) found.add(key);
      if (at === indent && dash) break;
    }
  }
  return found;
}

function descend(schema: ConfigSchema, path: readonly string[]): ConfigSchema | undefined {
  let at: ConfigSchema | undefined = schema;
  for (const step of path) {
    if (step === ITEM) at = at?.items;
    else {
      const { additionalProperties: others, properties } = at ?? {};
      at = own<ConfigSchema>(properties ?? {}, step) ?? (typeof others === 'object' ? others : undefined);
    }
  }
  return at;
}

function keysOf(schema: ConfigSchema | undefined): ConfigChoice[] {
  return Object.entries(schema?.properties ?? {}).map(([key, { type, description }]) => ({
    kind: 'key',
    text: type === 'object' || type === 'array' ? `${key}:` : `${key}: `,
    detail: description,
  }));
}

function valuesOf(schema: ConfigSchema | undefined): ConfigChoice[] {
  const values = schema?.enum ?? (schema?.type === 'boolean' ? ['true', 'false'] : []);
  return values.map((text, i) => ({ kind: 'value', text, detail: schema?.enumDescriptions?.[i] }));
}
