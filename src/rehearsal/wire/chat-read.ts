import type { ImagePart, Message, TextPart } from '../../protocol/message.ts';
import { chatFrames, chatWhole } from './chat-write.ts';
import { refuse } from './failure.ts';
import { isObject, isText, type Json, parseArguments, unknownKey } from './json.ts';
import { missing, readDataUrl, readFunction } from './openai-tools.ts';
import { Prefix } from './prefix.ts';
import type { CanonicalRequest } from './types.ts';
import type { Context, Incoming, Prompt } from './vendor.ts';

/** OpenAI's own parameters, and those that the well-known compatible servers add. */
const known = new Set(
  (
    'audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata ' +
    'modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options ' +
    'prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream ' +
    'stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options ' +
    'reasoning include_reasoning reasoning_format provider models transforms usage thinking enable_thinking top_k min_p ' +
    'repetition_penalty chat_template_kwargs safe_prompt random_seed'
  ).split(' '),
);

interface State {
  prefix: Prefix;
  messages: Message[];
  system: string[];
  names: Map<string, string>;
  open: Set<string>;
}

/** Reads a Chat Completions request, refusing what OpenAI refuses. */
export function readChat({ body }: Incoming, context: Context): Prompt {
  const odd = unknownKey(body, known);
  if (odd) refuse(`Unrecognized request argument supplied: ${odd}`, { param: odd });
  if (!isText(body.model)) refuse('you must provide a model parameter');
  const card = context.model(body.model);
  const cacheKey = isText(body.prompt_cache_key) ? body.prompt_cache_key : '';
  const prefix = new Prefix(`chat|${context.account}|${card.id}|${cacheKey}`);
  const tools = readTools(body.tools, prefix);
  const toolChoice = readToolChoice(body.tool_choice);
  if (!Array.isArray(body.messages)) refuse("Missing required parameter: 'messages'.", missing('messages'));
  if (body.messages.length === 0)
    refuse("Invalid 'messages': empty array. Expected an array with minimum length 1.", {
      param: 'messages',
      code: 'empty_array',
    });
  const state: State = { prefix, messages: [], system: [], names: new Map(), open: new Set() };
  body.messages.forEach((message: unknown, i) => {
    readMessage(message, i, state);
  });
  if (state.open.size > 0) unanswered(body.messages.length - 1, state.open);
  const max = body.max_completion_tokens ?? body.max_tokens ?? undefined;
  if (max !== undefined && !(Number.isInteger(max) && (max as number) >= 1))
    refuse(`Invalid 'max_tokens': expected a value >= 1, but got ${max} instead.`, { param: 'max_tokens' });
  const options = isObject(body.stream_options) ? body.stream_options : {};
  if (body.stream_options && body.stream !== true)
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", { param: 'stream_options' });
  const writing = { card, includeUsage: options.include_usage === true };

  return {
    card,
    prefix,
    request: {
      model: card.id,
      system: state.system.join('\n'),
      messages: state.messages,
      tools,
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(max === undefined ? {} : { maxOutputTokens: max as number }),
      stream: body.stream === true,
    },
    bill: cache =>
      cache.automatic(prefix, { min: card.cacheMinTokens ?? 1024, step: card.cacheStep ?? 128, writes: false }),
    frames: reply => chatFrames(reply, writing),
    whole: reply => chatWhole(reply, writing),
  };
}

function readTools(value: unknown, prefix: Prefix): CanonicalRequest['tools'] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length === 0)
    refuse("Invalid 'tools': empty array. Expected an array with minimum length 1.", {
      param: 'tools',
      code: 'empty_array',
    });
  return value.map((tool: unknown, i) => {
    const at = `tools[${i}]`;
    if (!isObject(tool) || tool.type !== 'function' || !isObject(tool.function))
      refuse(`Missing required parameter: '${at}.function'.`, missing(`${at}.function`));
    prefix.add(JSON.stringify(tool));
    return readFunction(tool.function, `${at}.function`);
  });
}

function readToolChoice(value: unknown): CanonicalRequest['toolChoice'] {
  if (value === undefined || value === null) return undefined;
  if (value === 'auto' || value === 'none' || value === 'required') return value;
  if (isObject(value) && isObject(value.function) && isText(value.function.name)) return { name: value.function.name };
  return refuse(`Invalid value: '${value}'.`, { param: 'tool_choice', code: 'invalid_value' });
}

function unanswered(index: number, open: Set<string>): never {
  return refuse(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    { param: `messages.[${index}].role` },
  );
}

function readMessage(message: unknown, i: number, state: State): void {
  const at = `messages[${i}]`;
  if (!isObject(message)) refuse(`Invalid type for '${at}': expected an object.`, { param: at, code: 'invalid_type' });
  state.prefix.add(JSON.stringify(message));
  const { role } = message;
  if (role !== 'tool' && state.open.size > 0) unanswered(i, state.open);
  if (role === 'tool') readTool(message, i, state);
  else if (role === 'system' || role === 'developer') state.system.push(textOf(message.content, `${at}.content`));
  else if (role === 'user') state.messages.push({ role: 'user', parts: readParts(message.content, `${at}.content`) });
  else if (role === 'assistant') readAssistant(message, at, state);
  else refuse(`Invalid value: '${role}'.`, { param: `${at}.role`, code: 'invalid_value' });
}

function readTool(message: Json, i: number, state: State): void {
  const id = message.tool_call_id;
  if (!isText(id))
    refuse(`Missing parameter 'tool_call_id': messages with role 'tool' must have one.`, missing('tool_call_id'));
  if (!state.open.delete(id))
    refuse("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.", {
      param: `messages.[${i}].role`,
    });
  const output = textOf(message.content, `messages[${i}].content`);
  const result = { type: 'tool-result' as const, id, name: state.names.get(id) ?? '', output };
  const last = state.messages.at(-1);
  if (last?.role === 'tool') last.parts.push(result);
  else state.messages.push({ role: 'tool', parts: [result] });
}

function readAssistant(message: Json, at: string, state: State): void {
  const parts: Extract<Message, { role: 'assistant' }>['parts'] = [];
  const reasoning = message.reasoning_content ?? message.reasoning;
  if (isText(reasoning) && reasoning) parts.push({ type: 'reasoning', text: reasoning });
  const calls = message.tool_calls ?? undefined;
  if (message.content !== undefined && message.content !== null) {
    const text = textOf(message.content, `${at}.content`);
    if (text) parts.push({ type: 'text', text });
  } else if (calls === undefined && !isText(message.refusal))
    refuse(`Invalid value for 'content': expected a string, got null.`, { param: `${at}.content` });
  if (calls !== undefined) {
    if (!Array.isArray(calls) || calls.length === 0)
      refuse(`Invalid '${at}.tool_calls': empty array. Expected an array with minimum length 1.`, {
        param: `${at}.tool_calls`,
        code: 'empty_array',
      });
    calls.forEach((call: unknown, j) => {
      const where = `${at}.tool_calls[${j}]`;
      if (!isObject(call) || !isText(call.id) || !isObject(call.function) || !isText(call.function.name))
        refuse(`Missing required parameter: '${where}.function.name'.`, missing(where));
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(call.id))
        refuse(`Invalid '${where}.id': expected 1 to 64 letters, digits, "_" or "-".`, { param: `${where}.id` });
      if (state.open.has(call.id))
        refuse(`Duplicate value for 'tool_call_id' of '${call.id}'.`, { param: `${where}.id` });
      if (!isText(call.function.arguments))
        refuse(`Missing required parameter: '${where}.function.arguments'.`, missing(`${where}.function.arguments`));
      const args = parseArguments(call.function.arguments, `${where}.function.arguments`);
      state.names.set(call.id, call.function.name);
      state.open.add(call.id);
      parts.push({ type: 'tool-call', id: call.id, name: call.function.name, args });
    });
  }
  state.messages.push({ role: 'assistant', parts });
}

function textOf(content: unknown, at: string): string {
  if (isText(content)) return content;
  if (!Array.isArray(content))
    refuse(`Invalid type for '${at}': expected a string.`, { param: at, code: 'invalid_type' });
  return content.map((part: unknown, j) => onlyText(part, `${at}[${j}]`)).join('');
}

function onlyText(part: unknown, at: string): string {
  if (isObject(part) && part.type === 'text' && isText(part.text)) return part.text;
  return refuse(`Invalid value for '${at}': expected a text part.`, { param: at, code: 'invalid_value' });
}

function readParts(content: unknown, at: string): (TextPart | ImagePart)[] {
  if (isText(content)) return [{ type: 'text', text: content }];
  if (!Array.isArray(content) || content.length === 0)
    refuse(`Invalid type for '${at}': expected a string or an array.`, { param: at, code: 'invalid_type' });
  return content.map((part: unknown, j) => {
    const where = `${at}[${j}]`;
    if (isObject(part) && part.type === 'image_url' && isObject(part.image_url))
      return readDataUrl(part.image_url.url, `${where}.image_url.url`);
    return { type: 'text', text: onlyText(part, where) };
  });
}
