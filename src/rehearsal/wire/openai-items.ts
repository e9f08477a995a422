import type { ImagePart, Message, TextPart } from '../../protocol/message.ts';
import { refuse } from './failure.ts';
import { isObject, isText, type Json } from './json.ts';
import { missing, readDataUrl } from './openai-tools.ts';
import type { Prefix } from './prefix.ts';
import type { Context } from './vendor.ts';

interface Reading {
  prefix: Prefix;
  context: Context;
  store: boolean;
}

interface State extends Reading {
  messages: Message[];
  system: string[];
  names: Map<string, string>;
  open: Set<string>;
  /** A reasoning item that still needs the item it belongs to. */
  dangling: string | undefined;
}

/** Reads the input items: pairing of calls and outputs, ids, encrypted reasoning. */
export function readItems(items: unknown[], reading: Reading): { messages: Message[]; system: string[] } {
  if (items.length === 0) refuse("Invalid 'input': empty array.", { param: 'input', code: 'empty_array' });
  const state: State = { ...reading, messages: [], system: [], names: new Map(), open: new Set(), dangling: undefined };
  items.forEach((item, i) => {
    const at = `input[${i}]`;
    if (!isObject(item)) refuse(`Invalid type for '${at}': expected an object.`, { param: at, code: 'invalid_type' });
    state.prefix.add(JSON.stringify(item));
    const type = item.type ?? (item.role === undefined ? undefined : 'message');
    const read = isText(type) ? readers[type] : undefined;
    if (!read) refuse(`Invalid value: '${type}'.`, { param: `${at}.type`, code: 'invalid_value' });
    read(item, at, state);
  });
  danglingEnds(state);
  const [call] = state.open;
  if (call !== undefined) refuse(`No tool output found for function call ${call}.`, { param: 'input' });
  return state;
}

const readers: Record<string, (item: Json, at: string, state: State) => void> = {
  message: readMessage,
  function_call: readCall,
  function_call_output: readOutput,
  reasoning: readReasoning,
  item_reference: item => notStored(String(item.id)),
};

function notStored(id: string): never {
  return refuse(`Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`, {
    status: 404,
    reason: 'not-found',
    param: 'input',
  });
}

function danglingEnds(state: State): void {
  if (state.dangling !== undefined)
    refuse(`Item '${state.dangling}' of type 'reasoning' was provided without its required following item.`, {
      param: 'input',
    });
}

function checkId(item: Json, prefix: string, at: string): void {
  if (item.id === undefined || item.id === null) return;
  if (!isText(item.id) || !item.id.startsWith(prefix))
    refuse(`Invalid '${at}.id': '${item.id}'. Expected an ID that begins with '${prefix}'.`, {
      param: `${at}.id`,
      code: 'invalid_value',
    });
}

function assistant(state: State): Extract<Message, { role: 'assistant' }> {
  const last = state.messages.at(-1);
  if (last?.role === 'assistant') return last;
  const fresh: Message = { role: 'assistant', parts: [] };
  state.messages.push(fresh);
  return fresh;
}

function readMessage(item: Json, at: string, state: State): void {
  const { role } = item;
  const content = isText(item.content)
    ? [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: item.content }]
    : item.content;
  if (!Array.isArray(content)) refuse(`Missing required parameter: '${at}.content'.`, missing(`${at}.content`));
  if (role === 'assistant') {
    checkId(item, 'msg', at);
    state.dangling = undefined;
    const said = assistant(state);
    content.forEach((part: unknown, j) => {
      const text =
        isObject(part) && part.type === 'refusal' ? part.refusal : ofType(part, 'output_text', `${at}.content[${j}]`);
      said.parts.push({ type: 'text', text: String(text) });
    });
    return;
  }
  danglingEnds(state);
  if (role === 'system' || role === 'developer') {
    state.system.push(content.map((part: unknown, j) => ofType(part, 'input_text', `${at}.content[${j}]`)).join(''));
    return;
  }
  if (role !== 'user') refuse(`Invalid value: '${role}'.`, { param: `${at}.role`, code: 'invalid_value' });
  const parts = content.map((part: unknown, j): TextPart | ImagePart => {
    const where = `${at}.content[${j}]`;
    if (isObject(part) && part.type === 'input_image') return readDataUrl(part.image_url, `${where}.image_url`);
    return { type: 'text', text: ofType(part, 'input_text', where) };
  });
  state.messages.push({ role: 'user', parts });
}

function ofType(part: unknown, type: string, at: string): string {
  if (!isObject(part) || part.type !== type)
    refuse(`Invalid value: '${isObject(part) ? part.type : part}'. Supported values are: '${type}'.`, {
      param: at,
      code: 'invalid_value',
    });
  if (!isText(part.text)) refuse(`Missing required parameter: '${at}.text'.`, missing(`${at}.text`));
  return part.text;
}

function readCall(item: Json, at: string, state: State): void {
  checkId(item, 'fc', at);
  const id = callId(item, at);
  if (!isText(item.name)) refuse(`Missing required parameter: '${at}.name'.`, missing(`${at}.name`));
  if (!isText(item.arguments))
    refuse(`Invalid type for '${at}.arguments': expected a string.`, {
      param: `${at}.arguments`,
      code: 'invalid_type',
    });
  if (state.names.has(id)) refuse(`Duplicate function call with call_id ${id}.`, { param: `${at}.call_id` });
  state.names.set(id, item.name);
  state.open.add(id);
  state.dangling = undefined;
  const call = { type: 'tool-call' as const, id, name: item.name };
  assistant(state).parts.push(parsed(call, item.arguments));
}

function parsed(call: { type: 'tool-call'; id: string; name: string }, text: string) {
  try {
    return { ...call, args: JSON.parse(text === '' ? '{}' : text) as unknown };
  } catch {
    return { ...call, args: text, malformed: true };
  }
}

function callId(item: Json, at: string): string {
  const id = item.call_id;
  if (!isText(id) || id === '') refuse(`Missing required parameter: '${at}.call_id'.`, missing(`${at}.call_id`));
  if (id.length > 64)
    refuse(`Invalid '${at}.call_id': string too long. Expected a string with maximum length 64.`, {
      param: `${at}.call_id`,
      code: 'string_above_max_length',
    });
  return id;
}

function readOutput(item: Json, at: string, state: State): void {
  danglingEnds(state);
  const id = callId(item, at);
  if (!state.open.delete(id))
    refuse(`No tool call found for function call output with call_id ${id}.`, { param: 'input' });
  const output = Array.isArray(item.output)
    ? item.output.map((part: unknown) => (isObject(part) && isText(part.text) ? part.text : '')).join('')
    : item.output;
  if (!isText(output)) refuse(`Missing required parameter: '${at}.output'.`, missing(`${at}.output`));
  const result = { type: 'tool-result' as const, id, name: state.names.get(id) ?? '', output };
  const last = state.messages.at(-1);
  if (last?.role === 'tool') last.parts.push(result);
  else state.messages.push({ role: 'tool', parts: [result] });
}

function readReasoning(item: Json, at: string, state: State): void {
  danglingEnds(state);
  checkId(item, 'rs', at);
  if (!Array.isArray(item.summary)) refuse(`Missing required parameter: '${at}.summary'.`, missing(`${at}.summary`));
  if (!isText(item.encrypted_content)) notStored(String(item.id));
  const [account, nonce, mac] = item.encrypted_content.replace(/^gAAAAA/, '').split('.');
  const { context } = state;
  const wrong =
    account !== context.account
      ? 'Encrypted content organization_id did not match the target organization.'
      : context.signer.verify(mac ?? '', 'reasoning', account, nonce ?? '')
        ? undefined
        : 'Encrypted content could not be decrypted or parsed.';
  if (wrong)
    refuse(`The encrypted content ${item.encrypted_content.slice(0, 8)}... could not be verified. Reason: ${wrong}`, {
      code: 'invalid_encrypted_content',
    });
  state.dangling = isText(item.id) ? item.id : 'reasoning';
  const text = item.summary.map((part: unknown) => (isObject(part) && isText(part.text) ? part.text : '')).join('\n');
  assistant(state).parts.push({ type: 'reasoning', text });
}
