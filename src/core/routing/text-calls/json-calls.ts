import { readJson } from '../lenient-json.ts';
import { isObject, type JsonObject } from '../tool-args.ts';
import type { FoundCall } from './found.ts';

/** Where the JSON value that begins here ends; undefined where it does not. */
export function jsonEnd(text: string, from: number): number | undefined {
  let depth = 0;
  let quote: string | undefined;
  for (let at = from; at < text.length; at++) {
    const one = text[at];
    if (quote !== undefined) {
      if (one === '\\') at++;
      else if (one === quote) quote = undefined;
    } else if (one === '"') quote = one;
    else if (one === '{' || one === '[') depth++;
    else if (one === '}' || one === ']') {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

const NAMES = ['name', 'tool', 'tool_name', 'function', 'function_name', 'action', 'recipient_name'];
const ARGUMENTS = ['arguments', 'parameters', 'args', 'input', 'params', 'action_input', 'tool_input', 'tool_args'];

/** What models put before a name: namespaces of their training. */
export const bareName = (name: string): string =>
  name
    .trim()
    .replace(/^(functions|default_api|tools?)[.:/]/, '')
    .replace(/:\d+$/, '');

function callOf(value: JsonObject): FoundCall | undefined {
  if (isObject(value.function)) return callOf(value.function);
  const name = NAMES.map(key => value[key]).find(each => typeof each === 'string');
  const key = ARGUMENTS.find(each => value[each] !== undefined);
  if (typeof name !== 'string') return undefined;
  return { name: bareName(name), args: key === undefined ? undefined : value[key] };
}

/** The calls that a JSON value is: one, a list of them, or an object that holds such a list. */
function callsOf(value: unknown): FoundCall[] {
  if (Array.isArray(value)) {
    const calls = value.map(each => (isObject(each) ? callOf(each) : undefined));
    return calls.every(each => each !== undefined) ? calls : [];
  }
  if (!isObject(value)) return [];
  const list = value.tool_calls ?? value.tool_uses ?? value.calls;
  if (Array.isArray(list)) return callsOf(list);
  const call = callOf(value);
  return call ? [call] : [];
}

/** The calls in a text that is JSON and nothing else; several values may follow each other, as some models write them. */
export function jsonCalls(text: string): FoundCall[] {
  const calls: FoundCall[] = [];
  const whole = text.trim();
  for (let at = 0; at < whole.length; ) {
    if (/[\s;,]/.test(whole[at] ?? '')) {
      at++;
      continue;
    }
    const end = jsonEnd(whole, at) ?? whole.length;
    const read = readJson(whole.slice(at, end));
    const found = read.ok ? callsOf(read.value) : [];
    if (found.length === 0) return [];
    calls.push(...found);
    at = end;
  }
  return calls;
}
