import type { Usage } from '../../protocol/message.ts';
import { count, knownBuckets, uncached } from '../known-buckets.ts';

interface ResponsesUsage {
  input_tokens?: number | null;
  input_tokens_details?: { cached_tokens?: number | null; cache_write_tokens?: number | null } | null;
  output_tokens?: number | null;
  output_tokens_details?: { reasoning_tokens?: number | null } | null;
}

/** OpenAI's `input_tokens` include what was read from the cache or written to it. */
export function responsesUsage(usage: ResponsesUsage | null | undefined): Usage {
  const input = usage?.input_tokens_details;
  return knownBuckets({
    input: uncached(count(usage?.input_tokens), count(input?.cached_tokens), count(input?.cache_write_tokens)),
    cacheRead: input?.cached_tokens,
    cacheWrite: input?.cache_write_tokens,
    output: usage?.output_tokens,
    reasoning: usage?.output_tokens_details?.reasoning_tokens,
  });
}
