import assert from 'node:assert/strict';
import type {
  Provider,
  ProviderError,
  ProviderEvent,
  ProviderFinish,
  ProviderRequest,
} from '../../src/core/routing/contract.ts';
import type { AssistantMessage, Message } from '../../src/protocol/message.ts';
import { createProvider, type ProviderConfig } from '../../src/providers/index.ts';
import type { Vendor } from '../../src/rehearsal/wire/types.ts';

/** A model of each vendor that reasons and calls tools. */
export const models: Record<Vendor, string> = {
  anthropic: 'claude-opus-5-5',
  openai: 'gpt-6-astra',
  'openai-compatible': 'deepseek-chat',
  google: 'gemini-4-argon',
  ollama: 'qwen3-coder:30b',
};

export const readFile = {
  name: 'read_file',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
export const listFiles = {
  name: 'list_files',
  description: 'Lists all files.',
  parameters: { type: 'object', properties: {} },
};

/** A provider of that vendor against those servers. */
export function providerOf(
  urls: Record<Vendor, string>,
  vendor: Vendor,
  more: Partial<ProviderConfig> & { key?: string } = {},
): Provider {
  const { key = 'key-of-the-account', ...config } = more;
  return createProvider({ name: vendor, kind: vendor, baseUrl: urls[vendor], free: false, ...config }, key);
}

export function say(text: string): Message {
  return { role: 'user', parts: [{ type: 'text', text }] };
}

export function requestOf(vendor: Vendor, more: Partial<ProviderRequest> = {}): ProviderRequest {
  return {
    model: models[vendor],
    system: 'You are a careful engineer.',
    tools: [readFile, listFiles],
    messages: [say('Look at the files.')],
    maxOutputTokens: 4000,
    conversation: 'conversation-1',
    ...more,
  };
}

export interface Heard {
  events: ProviderEvent[];
  text: string;
  reasoning: string;
  end: ProviderFinish | ProviderError;
}

/** Listens to a stream to its end, and checks that it ends as every stream has to. */
export async function listen(stream: AsyncIterable<ProviderEvent>): Promise<Heard> {
  const events: ProviderEvent[] = [];
  for await (const event of stream) events.push(event);
  const ends = events.filter(event => event.type === 'finish' || event.type === 'error');
  assert.equal(ends.length, 1, 'exactly one end');
  const end = events.at(-1);
  assert.ok(end?.type === 'finish' || end?.type === 'error', 'the end is last');
  const joined = (type: 'text' | 'reasoning') =>
    events.flatMap(event => (event.type === type ? [event.text] : [])).join('');
  return { events, text: joined('text'), reasoning: joined('reasoning'), end };
}

/** Asks, and insists on an answer. */
export async function answerOf(
  provider: Provider,
  request: ProviderRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<Heard & { end: ProviderFinish }> {
  const heard = await listen(provider.stream(request, signal));
  assert.equal(heard.end.type, 'finish', JSON.stringify(heard.end));
  return heard as Heard & { end: ProviderFinish };
}

/** Asks, and insists on a failure. */
export async function failureOf(
  provider: Provider,
  request: ProviderRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<Heard & { end: ProviderError }> {
  const heard = await listen(provider.stream(request, signal));
  assert.equal(heard.end.type, 'error', JSON.stringify(heard.end));
  return heard as Heard & { end: ProviderError };
}

/** The answers to all calls of a message. */
export function resultsFor(message: AssistantMessage, output = 'done'): Message {
  const calls = message.parts.filter(part => part.type === 'tool-call');
  return { role: 'tool', parts: calls.map(({ id, name }) => ({ type: 'tool-result', id, name, output })) };
}

export function callsOf(message: AssistantMessage) {
  return message.parts.filter(part => part.type === 'tool-call');
}
