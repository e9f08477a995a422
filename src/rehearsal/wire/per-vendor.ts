import { isObject, type Json } from './json.ts';
import type { Vendor } from './types.ts';

/** A request to count is one to generate, without what generating needs. */
export function countable(vendor: Vendor, body: Json): Json {
  if (vendor === 'anthropic') return { max_tokens: 1, ...body };
  if (vendor !== 'google' || !isObject(body.generateContentRequest)) return body;
  const { model: _, ...request } = body.generateContentRequest;
  return request;
}

export function tokenCount(vendor: Vendor, tokens: number): unknown {
  if (vendor === 'google') return { totalTokens: tokens };
  return vendor === 'openai' ? { object: 'response.input_tokens', input_tokens: tokens } : { input_tokens: tokens };
}

export function overflow(vendor: Vendor, tokens: number, limit: number): string {
  if (vendor === 'anthropic') return `prompt is too long: ${tokens} tokens > ${limit} maximum`;
  if (vendor === 'google')
    return `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${limit}).`;
  return `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens.`;
}

export function missingModel(vendor: Vendor, id: string): string {
  if (vendor === 'anthropic') return `model: ${id}`;
  if (vendor === 'google') return `models/${id} is not found for API version v1beta.`;
  if (vendor === 'ollama') return `model '${id}' not found`;
  return `The model '${id}' does not exist or you do not have access to it.`;
}
