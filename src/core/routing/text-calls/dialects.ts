import { type Dialect, eachMatch, type Found, type FoundCall } from './found.ts';
import { bareName, jsonCalls, jsonEnd } from './json-calls.ts';
import { pythonCalls } from './python-calls.ts';
import { xmlCalls } from './xml-calls.ts';

/** Whatever stands between marks that say "here is a call"; `isWhole`: the closing one is there. */
const inMarks = (body: string, isWhole = false): FoundCall[] => {
  for (const read of [jsonCalls, xmlCalls, pythonCalls]) {
    const calls = read(body, isWhole);
    if (calls.length > 0) return calls;
  }
  return [];
};

/** Marks around calls; the closing one is often forgotten at the end of an answer. */
const marked =
  (pattern: RegExp): Dialect =>
  text =>
    eachMatch(text, pattern, ({ 0: all, 1: first = '', groups }) => {
      const body = groups?.body ?? first;
      return inMarks(body, !all.endsWith(body));
    });

/** A name and, after some mark, its arguments as JSON. */
const named =
  (pattern: RegExp): Dialect =>
  text => {
    const found: Found[] = [];
    for (const match of text.matchAll(pattern)) {
      const start = match.index + match[0].length;
      const end = text[start] === '{' ? jsonEnd(text, start) : undefined;
      if (end === undefined) continue;
      const calls = jsonCalls(
        `{"name": ${JSON.stringify(bareName(match[1] ?? ''))}, "arguments": ${text.slice(start, end)}}`,
      );
      if (calls.length > 0) found.push({ from: match.index, to: end, calls });
    }
    return found;
  };

/** More calls than these are not made in lines of Python. */
const MOST_AT_ONCE = 8;

/** FunctionGemma: text between marks of its own, keys without quotes. */
const escaped: Dialect = text =>
  eachMatch(
    text,
    /<start_function_call>\s*call:([\w.-]+)\s*(\{[\s\S]*?)(?:<end_function_call>|$)/g,
    ([, name = '', args = '']) =>
      jsonCalls(
        `{"name": ${JSON.stringify(bareName(name))}, "arguments": ${args.replace(/<escape>([\s\S]*?)<escape>/g, (_, value) => JSON.stringify(value))}}`,
      ),
  );

/** Python at the very end, alone on its lines, that calls a tool by its name. */
const pythonAtTheEnd: Dialect = (text, tools) => {
  const starts = [...text.matchAll(/^[ \t]*([A-Za-z_]\w*)\(/gm)].filter(([, name = '']) => tools.has(name));
  for (const { index } of starts.slice(-MOST_AT_ONCE)) {
    const calls = pythonCalls(text.slice(index));
    if (calls.length > 0) return [{ from: index, to: text.length, calls }];
  }
  return [];
};

/** Tags that carry the name of a tool, with a tag for each argument. */
const toolTags: Dialect = (text, tools) => {
  const names = [...tools].filter(name => /^[\w-]+$/.test(name) && text.includes(`</${name}>`));
  if (names.length === 0) return [];
  return eachMatch(text, new RegExp(`<(${names.join('|')})>([\\s\\S]*?)</\\1>`, 'g'), ([, name = '', body = '']) => {
    const fields = [...body.matchAll(/<([\w.-]+)>([\s\S]*?)<\/\1>/g)];
    const rest = body.replace(/<([\w.-]+)>[\s\S]*?<\/\1>/g, '').trim();
    if (rest !== '') return jsonCalls(`{"name": "${name}", "arguments": ${rest}}`);
    const strip = (value = '') => value.replace(/^\r?\n/, '').replace(/\r?\n[ \t]*$/, '');
    return [{ name, args: Object.fromEntries(fields.map(([, key, value]) => [key, strip(value)])) }];
  });
};

/** The whole answer is a call. */
const bare: Dialect = text => {
  const calls = /^\s*[[{]/.test(text) ? inMarks(text) : pythonCalls(text);
  return calls.length > 0 ? [{ from: 0, to: text.length, calls }] : [];
};

/** In how many lines to look for the beginning of a call. */
const MOST_STARTS = 50;

/** The last thing in an answer is a call, alone on its lines. */
const atTheEnd: Dialect = text => {
  const starts = [...text.matchAll(/^[ \t]*[[{]/gm)].slice(0, MOST_STARTS);
  for (const { index } of starts) {
    if (jsonEnd(text, index) === undefined) continue;
    const rest = text.slice(index);
    const json = jsonCalls(rest);
    const calls = json.length > 0 ? json : pythonCalls(rest);
    if (calls.length > 0) return [{ from: index, to: text.length, calls }];
  }
  return [];
};

/** How models write calls into text, the ways that can be mistaken for nothing else first. */
export const DIALECTS: readonly Dialect[] = [
  // Hermes, Qwen, GLM, Granite, Phi.
  marked(/<\|?tool_calls?\|?>([\s\S]*?)(?:<[/|]{1,2}tool_calls?\|?>|(?=<\|?tool_call\|?>)|$)/g),
  // DeepSeek.
  named(
    /(?:<[｜|]tool[▁_]calls[▁_]begin[｜|]>\s*)?<[｜|]tool[▁_]call[▁_]begin[｜|]>(?:function<[｜|]tool[▁_]sep[｜|]>)?([\w.-]+)(?:<[｜|]tool[▁_]sep[｜|]>)?\s*(?:```json\s*)?(?=\{)/g,
  ),
  marked(/<｜tool▁calls▁begin｜>([\s\S]*?)(?:<｜tool▁calls▁end｜>|$)/g),
  // Kimi and gpt-oss.
  named(/<\|tool_call_begin\|>\s*([\w.:-]+)\s*<\|tool_call_argument_begin\|>\s*(?=\{)/g),
  named(
    /(?:<\|start\|>assistant)?<\|channel\|>(?:commentary|analysis)\s+to=([\w.]+)[\s\S]{0,60}?<\|message\|>\s*(?=\{)/g,
  ),
  named(/<\|start\|>assistant\s+to=([\w.]+)\s*<\|channel\|>[\s\S]{0,60}?<\|message\|>\s*(?=\{)/g),
  // Llama.
  marked(/<\|python_tag\|>([\s\S]*?)(?:<\|eom_id\|>|<\|eot_id\|>|$)/g),
  // Mistral.
  named(/\[TOOL_CALLS\]\s*([A-Za-z_][\w.-]*)(?:\[CALL_ID\]\w+)?(?:\[ARGS\])?\s*(?=\{)/g),
  marked(/\[TOOL_CALLS\]([\s\S]*?)(?:\[\/TOOL_CALLS\]|<\/s>|$)/g),
  marked(/\[TOOL_REQUEST\]([\s\S]*?)(?:\[END_TOOL_REQUEST\]|$)/g),
  // Gemma.
  named(/<start_function_call>\s*call:([\w.-]+)\s*(?=\{)/g),
  escaped,
  marked(/```(?:tool_code|tool_call|tool_calls|tool)[ \t]*\n([\s\S]*?)(?:```|$)/g),
  // Cohere, InternLM, LFM, Apertus, Phi 4, Nemotron, Glaive, OLMo and others: JSON, Python or tags between marks of their own.
  marked(/<\|START_ACTION\|>([\s\S]*?)(?:<\|END_ACTION\|>|$)/g),
  marked(/<\|action_start\|>\s*(?:<\|plugin\|>)?([\s\S]*?)(?:<\|action_end\|>|$)/g),
  marked(/<\|tool_call_start\|>([\s\S]*?)(?:<\|tool_call_end\|>|$)/g),
  marked(/<\|tools_prefix\|>([\s\S]*?)(?:<\|tools_suffix\|>|$)/g),
  marked(/(?:^|\s)functools(\[[\s\S]*\])/g),
  marked(
    /<(?<mark>[\w-]+:tool_call|TOOLCALL|toolcall|tool_use|functioncall|function_calls?)>(?<body>[\s\S]*?)(?:<\/\k<mark>>|$)/g,
  ),
  // Tags, as Qwen-Coder, DeepSeek and others write them.
  marked(/(<function=[\s\S]*?(?:<\/function>|$)(?:\s*<\/tool_call>)?)/g),
  marked(/(<[\w:|｜]*invoke\s+name=[\s\S]*?<\/[\w:|｜]*invoke>)/g),
  marked(/(<(?:function|tool)\s+name=[\s\S]*?<\/(?:function|tool)>)/g),
  toolTags,
  // ReAct.
  named(/(?:^|\n)\s*Action:\s*`?([\w.-]+)`?\s*\n\s*Action[ _]Input:\s*(?:```(?:json)?\s*)?(?=\{)/g),
  marked(/```(?:json|json5|python|py|xml)?[ \t]*\n([\s\S]*?)(?:```|$)/g),
  bare,
  atTheEnd,
  pythonAtTheEnd,
];
