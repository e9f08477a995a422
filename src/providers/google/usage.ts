import type { Usage } from '../../protocol/message.ts';
import { knownBuckets, less, uncached } from '../known-buckets.ts';

/** Each chunk has the totals so far; the first ones may have none. */
export interface GeminiUsage {
  promptTokenCount?: number;
  cachedContentTokenCount?: number;
  candidatesTokenCount?: number;
  thoughtsTokenCount?: number;
  toolUsePromptTokenCount?: number;
  totalTokenCount?: number;
}

/** The prompt includes what was cached, the candidates leave out the thoughts. */
export function geminiUsage(usage: GeminiUsage): Usage {
  const { promptTokenCount: prompt, toolUsePromptTokenCount: tools } = usage;
  const input = uncached(prompt, usage.cachedContentTokenCount);
  return knownBuckets({
    input: input === undefined ? undefined : input + (tools ?? 0),
    cacheRead: usage.cachedContentTokenCount,
    output: outputOf(usage),
    reasoning: usage.thoughtsTokenCount,
  });
}

/** A count of nothing is left out; then the total tells it. Some models count their thoughts as candidates too. */
function outputOf(usage: GeminiUsage): number | undefined {
  const { candidatesTokenCount: candidates, thoughtsTokenCount: thoughts = 0, totalTokenCount: total } = usage;
  if (usage.promptTokenCount === undefined || total === undefined) {
    return candidates === undefined ? usage.thoughtsTokenCount : candidates + thoughts;
  }
  const rest = less(total, usage.promptTokenCount, usage.toolUsePromptTokenCount);
  return candidates === undefined || rest === candidates ? rest : candidates + thoughts;
}
