import type { StopReason } from '../../protocol/message.ts';
import { promptTokens } from '../../protocol/tokens.ts';
import { pieces } from './pieces.ts';
import type { ModelCard } from './types.ts';
import type { Counted, Frame, Reply } from './vendor.ts';

interface Writing {
  card: ModelCard;
  includeUsage: boolean;
}

const stops: Record<StopReason, string> = {
  end: 'stop',
  'tool-calls': 'tool_calls',
  'max-tokens': 'length',
  'stop-sequence': 'stop',
  pause: 'stop',
  refusal: 'stop',
};

const finishReason = (reply: Reply) => (reply.blockedPrompt ? 'content_filter' : stops[reply.stop]);

function usageOf(usage: Counted, card: ModelCard) {
  const prompt = promptTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    ...(card.reasoningField === 'reasoning_content'
      ? { prompt_cache_hit_tokens: usage.cacheRead, prompt_cache_miss_tokens: prompt - usage.cacheRead }
      : {}),
  };
}

/** The events of a Chat Completions stream, `[DONE]` included. */
export function* chatFrames(reply: Reply, { card, includeUsage }: Writing): Generator<Frame> {
  const head = `{"id":"${reply.id}","object":"chat.completion.chunk","created":${reply.createdSeconds},"model":${JSON.stringify(card.id)}`;
  const chunk = (delta: string, finish: string | null = null, more = ''): Frame => ({
    data: `${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish ? `"${finish}"` : 'null'}}]${more}}`,
  });
  const field = card.reasoningField;

  yield chunk('{"role":"assistant","content":""}');
  if (reply.reasoning !== undefined && field)
    for (const piece of pieces(reply.reasoning, reply.chunkChars)) yield chunk(`{"${field}":${JSON.stringify(piece)}}`);
  if (reply.text !== undefined) {
    const key = reply.stop === 'refusal' ? 'refusal' : 'content';
    for (const piece of pieces(reply.text, reply.chunkChars)) yield chunk(`{"${key}":${JSON.stringify(piece)}}`);
  }
  for (const [index, call] of reply.calls.entries()) {
    const opening = { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } };
    yield chunk(JSON.stringify({ tool_calls: [opening] }));
    for (const piece of pieces(call.json, reply.chunkChars))
      yield chunk(`{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(piece)}}}]}`);
  }
  const usage = reply.usage && JSON.stringify(usageOf(reply.usage, card));
  // The dialects that have reasoning tell usage with the last choice; OpenAI does in a chunk of its own, when asked.
  yield chunk('{}', finishReason(reply), usage && field ? `,"usage":${usage}` : '');
  if (usage && !field && includeUsage) yield { data: `${head},"choices":[],"usage":${usage}}` };
  yield { data: '[DONE]' };
}

/** The same answer in one body. */
export function chatWhole(reply: Reply, { card }: Writing): unknown {
  const calls = reply.calls.map(call => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.json },
  }));
  const refused = reply.stop === 'refusal';
  const message = {
    role: 'assistant',
    content: refused ? null : (reply.text ?? null),
    refusal: refused ? (reply.text ?? null) : null,
    ...(card.reasoningField && reply.reasoning !== undefined ? { [card.reasoningField]: reply.reasoning } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    id: reply.id,
    object: 'chat.completion',
    created: reply.createdSeconds,
    model: card.id,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(reply) }],
    ...(reply.usage ? { usage: usageOf(reply.usage, card) } : {}),
  };
}
