import { readJson } from '../lenient-json.ts';
import { isObject } from '../tool-args.ts';
import type { FoundCall } from './found.ts';
import { bareName } from './json-calls.ts';

/** A value between tags without the line breaks that only set it apart. */
const textOf = (text: string) => text.replace(/^\r?\n/, '').replace(/\r?\n[ \t]*$/, '');

const PARAMETERS = [
  /<parameter=["']?([\w.-]+)["']?\s*>([\s\S]*?)(?:<\/parameter>|(?=<parameter=|<\/function>|$))/g,
  /<(?:[\w:|｜]*)parameter\s+name=["']([\w.-]+)["'][^>]*>([\s\S]*?)<\/[\w:|｜]*parameter>/g,
  /<arg_key>\s*([\w.-]+)\s*<\/arg_key>\s*<arg_value>([\s\S]*?)<\/arg_value>/g,
];

/** The arguments between the tags of a call: JSON, or a tag for each. */
function argsIn(body: string): unknown {
  for (const pattern of PARAMETERS) {
    const found = [...body.matchAll(pattern)];
    if (found.length > 0) return Object.fromEntries(found.map(([, key, value]) => [key, textOf(value ?? '')]));
  }
  const tags = [...body.matchAll(/<([\w.-]+)>([\s\S]*?)<\/\1>/g)];
  if (tags.length > 0 && body.replace(/<([\w.-]+)>[\s\S]*?<\/\1>/g, '').trim() === '')
    return Object.fromEntries(tags.map(([, key, value]) => [key, textOf(value ?? '')]));
  const read = readJson(body.trim() === '' ? '{}' : body);
  return read.ok && isObject(read.value) ? read.value : undefined;
}

const CALLS = [
  /<function=["']?([\w.:-]+)["']?\s*>([\s\S]*?)(?:<\/function>|(?=<function=|<\/tool_call>)|$)/g,
  /<(?:[\w:|｜]*)invoke\s+name=["']([\w.:-]+)["']\s*>([\s\S]*?)<\/[\w:|｜]*invoke>/g,
  /<(?:function|tool)\s+name=["']([\w.:-]+)["']\s*>([\s\S]*?)<\/(?:function|tool)>/g,
  /^\s*([\w.-]+)\s*(<arg_key>[\s\S]*)$/g,
];

/** Calls written with tags, wherever they stand in the text. */
export function xmlCalls(text: string): FoundCall[] {
  for (const pattern of CALLS) {
    const calls = [...text.matchAll(pattern)].flatMap(([, name = '', body = '']) => {
      const args = argsIn(body);
      return args === undefined ? [] : [{ name: bareName(name), args }];
    });
    if (calls.length > 0) return calls;
  }
  return [];
}
