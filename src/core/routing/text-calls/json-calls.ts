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

/** What else stands beside name and arguments. */
const BESIDE = ['type', 'id', 'tool_call_id'];

function callOf(value: JsonObject): FoundCall | undefined {
  if (isObject(value.function)) return callOf(value.function);
  const called = NAMES.find(key => typeof value[key] === 'string');
  if (called === undefined) return byItsName(value);
  const key = ARGUMENTS.find(each => value[each] !== undefined);
  const name = bareName(String(value[called]));
  if (key !== undefined) return { name, args: value[key] };
  // Arguments that stand beside the name.
  const rest = Object.entries(value).filter(([each]) => each !== called && !BESIDE.includes(each));
  return { name, args: rest.length === 0 ? undefined : Object.fromEntries(rest) };
}

/** `{"read_file": {"path": "a"}}` */
function byItsName(value: JsonObject): FoundCall | undefined {
  const [only, ...more] = Object.entries(value);
  return only && more.length === 0 && isObject(only[1]) ? { name: bareName(only[0]), args: only[1] } : undefined;
}

/** The closing brackets that are missing at the end of a text, which ends in no string; undefined where it is not just those. */
function lacking(text: string): string | undefined {
  const open: string[] = [];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const one = text[at];
    if (quoted) {
      if (one === '\\') at++;
      else if (one === '"') quoted = false;
    } else if (one === '"') quoted = true;
    else if (one === '{') open.push('}');
    else if (one === '[') open.push(']');
    else if ((one === '}' || one === ']') && open.pop() !== one) return undefined;
  }
  return quoted ? undefined : open.reverse().join('');
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

/**
 * The calls in a text that is JSON and nothing else; several values may follow each other, as some models write them.
 * Where the text `isWhole`, brackets that nobody closed at its end were forgotten, not cut off.
 */
export function jsonCalls(text: string, isWhole = false): FoundCall[] {
  const calls: FoundCall[] = [];
  const whole = text.trim();
  for (let at = 0; at < whole.length; ) {
    if (/[\s;,]/.test(whole[at] ?? '')) {
      at++;
      continue;
    }
    if (calls.length > 0 && /^[\]}\s]+$/.test(whole.slice(at))) break;
    const ends = jsonEnd(whole, at);
    const end = ends ?? whole.length;
    const closing = ends === undefined && isWhole ? lacking(whole.slice(at)) : '';
    const read = readJson(whole.slice(at, end) + (closing ?? ''));
    const found = read.ok ? callsOf(read.value) : [];
    if (found.length === 0) return [];
    calls.push(...found);
    at = end;
  }
  return calls;
}
