import { hash } from 'node:crypto';
import type { ImagePart, Message, TextPart, ToolResultPart } from '../../protocol/message.ts';
import type { Marks, Thinking } from './anthropic-marks.ts';
import { refuse } from './failure.ts';
import { isObject, isText, type Json } from './json.ts';
import type { Signer } from './signer.ts';

interface Reading {
  marks: Marks;
  signer: Signer;
  /** The hash of system and tools, which every thinking signature stands on. */
  base: string;
  thinking: Thinking;
}

/** A conversation in our words, and the hash that the next thinking signature stands on. */
export interface Turns {
  messages: Message[];
  base: string;
}

const images = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const idPattern = /^[a-zA-Z0-9_-]+$/;

/** Reads the messages block by block: pairing of calls and results, ids, signatures, empty texts, prefill. */
export function readBlocks(value: unknown, reading: Reading): Turns {
  if (!Array.isArray(value)) refuse('messages: Field required');
  if (value.length === 0) refuse('messages: at least one message is required');
  const state: State = { ...reading, names: new Map(), open: [], messages: [] };
  value.forEach((message: unknown, i) => {
    if (!isObject(message)) refuse(`messages.${i}: Input should be an object`);
    if (i === 0 && message.role !== 'user') refuse('messages: first message must use the "user" role');
    const content = isText(message.content) ? [{ type: 'text', text: message.content }] : message.content;
    if (!Array.isArray(content)) refuse(`messages.${i}.content: Field required`);
    if (content.length === 0) refuse(`messages.${i}: all messages must have non-empty content`);
    const hashed =
      message.role === 'user'
        ? readUser(content, i, state)
        : message.role === 'assistant'
          ? readAssistant(content, i, state, i === value.length - 1)
          : message.role === 'system'
            ? readSystemTurn(content, i, state)
            : refuse(`messages.${i}.role: Input should be 'user', 'assistant' or 'system'`);
    state.base = hash('sha1', state.base + hashed, 'base64');
  });
  if (state.open.length > 0) orphans(value.length - 1, state.open);
  return { messages: state.messages, base: state.base };
}

interface State extends Reading {
  /** Tool names by call id, for the whole conversation. */
  names: Map<string, string>;
  /** Calls of the turn before that have no result yet. */
  open: string[];
  messages: Message[];
}

function orphans(index: number, ids: string[]): never {
  return refuse(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. ` +
      'Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
  );
}

function block(value: unknown, at: string): Json & { type: string } {
  if (!isObject(value) || !isText(value.type)) refuse(`${at}.type: Field required`);
  return value as Json & { type: string };
}

function text(value: Json, at: string): string {
  if (!isText(value.text)) refuse(`${at}.text: Field required`);
  if (value.text === '') refuse('messages: text content blocks must be non-empty');
  if (value.text.trim() === '') refuse('messages: text content blocks must contain non-whitespace text');
  return value.text;
}

function readUser(content: unknown[], index: number, state: State): string {
  const results: ToolResultPart[] = [];
  const parts: (TextPart | ImagePart)[] = [];
  const open = new Set(state.open);
  let hashed = '';
  content.forEach((value, j) => {
    const at = `messages.${index}.content.${j}`;
    const one = block(value, at);
    hashed += state.marks.add('user', one, at);
    if (one.type === 'text') parts.push({ type: 'text', text: text(one, at) });
    else if (one.type === 'image') parts.push(readImage(one, at));
    else if (one.type === 'tool_result') {
      if (!isText(one.tool_use_id)) refuse(`${at}.tool_result.tool_use_id: Field required`);
      if (parts.length > 0 && open.size > 0) orphans(index - 1, [...open]);
      if (!open.delete(one.tool_use_id))
        refuse(
          `${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${one.tool_use_id}. ` +
            'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
        );
      results.push({
        type: 'tool-result',
        id: one.tool_use_id,
        name: state.names.get(one.tool_use_id) ?? '',
        output: resultText(one.content, at),
        ...(one.is_error === true ? { isError: true } : {}),
      });
    } else refuse(`${at}: Input tag '${one.type}' is not known here`);
  });
  if (open.size > 0) orphans(index - 1, [...open]);
  state.open = [];
  if (results.length > 0) state.messages.push({ role: 'tool', parts: results });
  if (parts.length > 0) state.messages.push({ role: 'user', parts });
  return hashed;
}

/** Instructions in the middle of a conversation, as Claude Code sends them: in our words a user says them. */
function readSystemTurn(content: unknown[], index: number, state: State): string {
  if (state.open.length > 0) orphans(index - 1, state.open);
  let hashed = '';
  const parts = content.map((value, j): TextPart => {
    const at = `messages.${index}.content.${j}`;
    const one = block(value, at);
    if (one.type !== 'text') refuse(`${at}: Input should be a text block`);
    hashed += state.marks.add('user', one, at);
    return { type: 'text', text: text(one, at) };
  });
  state.messages.push({ role: 'user', parts });
  return hashed;
}

function resultText(content: unknown, at: string): string {
  if (content === undefined) return '';
  if (isText(content)) return content;
  if (!Array.isArray(content)) refuse(`${at}.content: Input should be a string or a list`);
  return content
    .map((value, k) => {
      const one = block(value, `${at}.content.${k}`);
      if (one.type === 'image') readImage(one, `${at}.content.${k}`);
      return one.type === 'text' && isText(one.text) ? one.text : '';
    })
    .join('');
}

function readImage(value: Json, at: string): ImagePart {
  const source = value.source;
  if (!isObject(source)) refuse(`${at}.image.source: Field required`);
  if (source.type !== 'base64') refuse(`${at}.image.source: only base64 is served here`);
  if (!isText(source.media_type) || !images.has(source.media_type))
    refuse(
      `${at}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
    );
  if (!isText(source.data) || source.data === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(source.data))
    refuse(`${at}.image.source.base64: invalid base64 data`);
  return { type: 'image', mediaType: source.media_type, data: source.data };
}

function readAssistant(content: unknown[], index: number, state: State, last: boolean): string {
  if (state.open.length > 0) orphans(index - 1, state.open);
  if (last)
    refuse('This model does not support assistant message prefill. The conversation must end with a user message.');
  const parts: Extract<Message, { role: 'assistant' }>['parts'] = [];
  const first = block(content[0], `messages.${index}.content.0`);
  let hashed = '';
  content.forEach((value, j) => {
    const at = `messages.${index}.content.${j}`;
    const one = block(value, at);
    if (one.type === 'thinking') {
      if (one.cache_control !== undefined) refuse(`${at}.thinking.cache_control: Extra inputs are not permitted`);
      if (!isText(one.thinking)) refuse(`${at}.thinking.thinking: Field required`);
      if (!isText(one.signature) || one.signature === '') refuse(`${at}.thinking.signature: Field required`);
      if (!state.signer.verify(one.signature, state.base, one.thinking))
        refuse(`${at}: Invalid \`signature\` in \`thinking\` block`);
      // Not part of what later signatures stand on: earlier thinking may be left out, but not changed.
      state.marks.add('assistant', one, at);
      parts.push({ type: 'reasoning', text: one.thinking });
      return;
    }
    hashed += state.marks.add('assistant', one, at);
    if (one.type === 'text') parts.push({ type: 'text', text: text(one, at) });
    else if (one.type === 'tool_use') {
      if (!isText(one.id) || !idPattern.test(one.id))
        refuse(`${at}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
      if (state.names.has(one.id)) refuse('messages: `tool_use` ids must be unique');
      if (!isText(one.name) || one.name === '') refuse(`${at}.tool_use.name: Field required`);
      if (!isObject(one.input)) refuse(`${at}.tool_use.input: Input should be a valid dictionary`);
      if (state.thinking.type === 'enabled' && first.type !== 'thinking')
        refuse(
          `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.type}\`.`,
        );
      state.names.set(one.id, one.name);
      state.open.push(one.id);
      parts.push({ type: 'tool-call', id: one.id, name: one.name, args: one.input });
    } else if (one.type === 'redacted_thinking') refuse(`${at}: Invalid \`data\` in \`redacted_thinking\` block`);
    else refuse(`${at}: Input tag '${one.type}' is not known here`);
  });
  state.messages.push({ role: 'assistant', parts });
  return hashed;
}
