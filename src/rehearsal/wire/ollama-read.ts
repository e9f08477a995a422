import type { ImagePart, Message, TextPart } from '../../protocol/message.ts';
import { refuse } from './failure.ts';
import { isObject, isText, type Json } from './json.ts';
import { ollamaFrames, ollamaWhole } from './ollama-write.ts';
import { Prefix } from './prefix.ts';
import type { CanonicalRequest } from './types.ts';
import type { Context, Incoming, Prompt } from './vendor.ts';

/** What Ollama gives a model that was asked for without `num_ctx`. */
const defaultContext = 4096;

/** Reads an /api/chat request. Ollama passes over fields that it does not know. */
export function readOllama({ body }: Incoming, context: Context): Prompt {
  if (!isText(body.model) || body.model === '') refuse('model is required');
  const card = context.model(body.model);
  const prefix = new Prefix(`ollama|${card.id}`);
  const tools = readTools(body.tools, prefix);
  if (tools.length > 0 && card.tools === false) refuse(`registry.ollama.ai/library/${card.id} does not support tools`);
  const options = isObject(body.options) ? body.options : {};
  const window = options.num_ctx ?? defaultContext;
  if (!Number.isInteger(window) || (window as number) < 1) refuse('option "num_ctx" must be of type integer');
  if (!Array.isArray(body.messages)) refuse('messages is required');
  const { messages, system } = readMessages(body.messages, prefix);
  const max = Number.isInteger(options.num_predict) ? (options.num_predict as number) : undefined;
  const writing = { model: card.id, think: body.think !== false };

  return {
    card,
    prefix,
    request: {
      model: card.id,
      system,
      messages,
      tools,
      ...(max === undefined ? {} : { maxOutputTokens: max }),
      stream: body.stream !== false,
    },
    // What does not fit is cut off in silence, and only the rest is counted.
    bill: () => ({
      input: Math.min(prefix.tokens, window as number, card.contextTokens),
      cacheRead: 0,
      cacheWrite: 0,
      cacheWriteLong: 0,
    }),
    frames: reply => ollamaFrames(reply, writing),
    whole: reply => ollamaWhole(reply, writing),
  };
}

function readTools(value: unknown, prefix: Prefix): CanonicalRequest['tools'] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value))
    refuse('json: cannot unmarshal object into Go struct field ChatRequest.tools of type api.Tools');
  return value.map((tool: unknown) => {
    if (!isObject(tool) || !isObject(tool.function) || !isText(tool.function.name))
      refuse('json: cannot unmarshal into Go struct field ChatRequest.tools of type api.Tool');
    prefix.add(JSON.stringify(tool));
    const { name, description, parameters } = tool.function;
    return {
      name,
      description: isText(description) ? description : '',
      parameters: isObject(parameters) ? parameters : { type: 'object', properties: {} },
    };
  });
}

interface State {
  messages: Message[];
  system: string[];
  /** Calls without a result yet: Ollama pairs by name and order. */
  open: { id: string; name: string }[];
  count: number;
}

function readMessages(value: unknown[], prefix: Prefix): { messages: Message[]; system: string } {
  const state: State = { messages: [], system: [], open: [], count: 0 };
  for (const message of value) {
    if (!isObject(message))
      refuse('json: cannot unmarshal into Go struct field ChatRequest.messages of type api.Message');
    prefix.add(JSON.stringify(message));
    const { role } = message;
    const content = message.content ?? '';
    if (!isText(content))
      refuse('json: cannot unmarshal array into Go struct field Message.messages.content of type string');
    if (role === 'system') state.system.push(content);
    else if (role === 'user')
      state.messages.push({ role, parts: [...(content ? [text(content)] : []), ...images(message.images)] });
    else if (role === 'assistant') readAssistant(message, content, state);
    else if (role === 'tool') readResult(message, content, state);
    else refuse(`invalid role "${role}", must be one of ["system", "user", "assistant", "tool"]`);
  }
  return { messages: state.messages, system: state.system.join('\n') };
}

const text = (value: string): TextPart => ({ type: 'text', text: value });

function images(value: unknown): ImagePart[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) refuse('json: cannot unmarshal string into Go struct field Message.messages.images');
  return value.map((data: unknown) => {
    if (!isText(data) || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) refuse('illegal base64 data at input byte 0');
    return { type: 'image', mediaType: data.startsWith('/9j/') ? 'image/jpeg' : 'image/png', data };
  });
}

function readAssistant(message: Json, content: string, state: State): void {
  const parts: Extract<Message, { role: 'assistant' }>['parts'] = [];
  if (isText(message.thinking) && message.thinking) parts.push({ type: 'reasoning', text: message.thinking });
  if (content) parts.push(text(content));
  const calls = message.tool_calls ?? [];
  if (!Array.isArray(calls)) refuse('json: cannot unmarshal object into Go struct field Message.messages.tool_calls');
  state.open = [];
  for (const call of calls as unknown[]) {
    if (
      !isObject(call) ||
      !isObject(call.function) ||
      !isText(call.function.name) ||
      !isObject(call.function.arguments)
    )
      refuse('json: cannot unmarshal string into Go struct field ToolCallFunction.tool_calls.function.arguments');
    const open = { id: isText(call.id) ? call.id : `call_${state.count++}`, name: call.function.name };
    state.open.push(open);
    parts.push({ type: 'tool-call', ...open, args: call.function.arguments });
  }
  state.messages.push({ role: 'assistant', parts });
}

function readResult(message: Json, output: string, state: State): void {
  const { tool_name, tool_call_id } = message;
  const found = state.open.findIndex(call => call.id === tool_call_id || call.name === tool_name);
  const [call] = state.open.splice(Math.max(found, 0), 1);
  const name = call?.name ?? (isText(tool_name) ? tool_name : '');
  const result = { type: 'tool-result' as const, id: call?.id ?? `call_${state.count++}`, name, output };
  const last = state.messages.at(-1);
  if (last?.role === 'tool') last.parts.push(result);
  else state.messages.push({ role: 'tool', parts: [result] });
}
