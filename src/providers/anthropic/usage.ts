import type { Usage } from '../../protocol/message.ts';
import { count, knownBuckets } from '../known-buckets.ts';

/** The figures of `message_start` and `message_delta`, which proxies send less of. */
export interface AnthropicUsage {
  input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation?: { ephemeral_1h_input_tokens?: number | null } | null;
  output_tokens?: number | null;
  output_tokens_details?: { thinking_tokens?: number | null } | null;
}

/** Later figures are totals, not additions: what they give replaces what was known. */
export function laterUsage(before: AnthropicUsage, now: AnthropicUsage | null | undefined): AnthropicUsage {
  const given = Object.entries(now ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return { ...before, ...Object.fromEntries(given) };
}

/** Anthropic's `input_tokens` leave out what was read from the cache or written to it. */
export function usageOf(usage: AnthropicUsage): Usage {
  const [cacheRead, cacheWrite] = [count(usage.cache_read_input_tokens), count(usage.cache_creation_input_tokens)];
  // With a part of the prompt that cannot be counted, nobody knows what the whole came to.
  const sound = !Number.isNaN(cacheRead) && !Number.isNaN(cacheWrite);
  return knownBuckets({
    input: sound ? usage.input_tokens : undefined,
    cacheRead,
    cacheWrite,
    cacheWriteLong: usage.cache_creation?.ephemeral_1h_input_tokens,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details?.thinking_tokens,
  });
}
