import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { Usage } from '../../protocol/message.ts';
import { count, knownBuckets, uncached } from '../known-buckets.ts';

/** The usage in a chunk: at its top, under Groq's own field, or beside the choice. */
export function usageIn(chunk: JsonObject): JsonObject | undefined {
  const groq = isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined;
  const choice = Array.isArray(chunk.choices) && isObject(chunk.choices[0]) ? chunk.choices[0].usage : undefined;
  return [chunk.usage, groq, choice].find(isObject);
}

/** Prompt tokens include cached ones everywhere; reasoning is a part of the completion nearly everywhere. */
export function chatUsage(usage: JsonObject): Usage {
  const prompt = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const completion = isObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const cacheRead = count(prompt.cached_tokens) ?? count(usage.prompt_cache_hit_tokens) ?? count(usage.cached_tokens);
  const cacheWrite = count(prompt.cache_write_tokens);
  const reasoning = count(completion.reasoning_tokens) ?? count(usage.reasoning_tokens);
  const input = count(usage.prompt_tokens);
  const output = count(usage.completion_tokens);
  return knownBuckets({
    input: uncached(input, cacheRead, cacheWrite),
    cacheRead,
    cacheWrite,
    output: reasoningApart(input, output, reasoning, count(usage.total_tokens)) ? sum(output, reasoning) : output,
    reasoning,
  });
}

/** xAI counts reasoning beside the completion: then only all three together make the total. */
function reasoningApart(input?: number, output?: number, reasoning?: number, total?: number): boolean {
  if (!reasoning || input === undefined || output === undefined || total === undefined) return false;
  return total === input + output + reasoning;
}

function sum(a: number | undefined, b: number | undefined): number {
  return (a ?? 0) + (b ?? 0);
}
