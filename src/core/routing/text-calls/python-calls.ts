import { readJson } from '../lenient-json.ts';
import type { FoundCall } from './found.ts';
import { bareName } from './json-calls.ts';

/** Where the string that begins here ends, quotes included. */
function stringEnd(text: string, from: number): number | undefined {
  const long = /^("""|''')/.exec(text.slice(from, from + 3))?.[0];
  const quote = long ?? text.charAt(from);
  for (let at = from + quote.length; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(quote, at)) return at + quote.length;
  }
  return undefined;
}

/** The parts between commas that stand in no bracket and no string; undefined where something does not end. */
function partsOf(text: string): string[] | undefined {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text.charAt(at);
    if (one === '"' || one === "'") {
      const end = stringEnd(text, at);
      if (end === undefined) return undefined;
      at = end - 1;
    } else if ('([{'.includes(one)) depth++;
    else if (')]}'.includes(one)) depth--;
    else if (one === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return depth === 0 ? [...parts, text.slice(start)].filter(part => part.trim() !== '') : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' };

/** A Python literal; undefined where it is none. */
function literal(text: string): { value: unknown } | undefined {
  const inner = text.trim();
  const quote = /^("""|'''|"|')/.exec(inner)?.[0];
  if (quote !== undefined && stringEnd(inner, 0) === inner.length) {
    const body = inner.slice(quote.length, -quote.length);
    return { value: body.replace(/\\([\s\S])/g, (_, one: string) => ESCAPES[one] ?? one) };
  }
  const read = readJson(inner);
  return read.ok ? { value: read.value } : undefined;
}

/** `name(path="a", all=True)`; undefined where it is not just that. */
function pythonCall(text: string): FoundCall | undefined {
  const print = /^print\(([\s\S]*)\)$/.exec(text.trim())?.[1];
  const match = /^([A-Za-z_][\w.]*)\s*\(([\s\S]*)\)$/.exec((print ?? text).trim());
  const parts = match && partsOf(match[2] ?? '');
  if (!parts) return undefined;
  const args: Record<string, unknown> = {};
  for (const part of parts) {
    const [, key, value] = /^\s*([A-Za-z_]\w*)\s*=\s*([\s\S]+)$/.exec(part) ?? [];
    const read = value === undefined ? undefined : literal(value);
    if (key === undefined || !read) return undefined;
    args[key] = read.value;
  }
  return { name: bareName((match[1] ?? '').replace(/\.call$/, '')), args };
}

/** The statements of a text, each of which may run over several lines. */
function statements(text: string): string[] {
  const found: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    open = open === '' ? line : `${open}\n${line}`;
    if (open.trim() === '') open = '';
    else if (pythonCall(open)) {
      found.push(open);
      open = '';
    }
  }
  return open === '' ? found : [...found, open];
}

/** The calls in a text that is Python calls and nothing else, in a list or one after the other. */
export function pythonCalls(text: string): FoundCall[] {
  const listed = /^\s*\[([\s\S]*)\]\s*$/.exec(text)?.[1];
  const each = listed === undefined ? statements(text) : (partsOf(listed) ?? []);
  const calls = each.map(pythonCall);
  return calls.every(call => call !== undefined) ? calls : [];
}
