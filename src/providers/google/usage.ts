import type { Usage } from '../../protocol/message.ts';
import { count, knownBuckets, less, uncached } from '../known-buckets.ts';

/** Each chunk has the totals so far; the first ones may have none. */
export interface GeminiUsage {
  promptTokenCount?: unknown;
  cachedContentTokenCount?: unknown;
  candidatesTokenCount?: unknown;
  thoughtsTokenCount?: unknown;
  toolUsePromptTokenCount?: unknown;
  totalTokenCount?: unknown;
}

/** The prompt includes what was cached, the candidates leave out the thoughts. */
export function geminiUsage(usage: GeminiUsage): Usage {
  const prompt = count(usage.promptTokenCount);
  const cached = count(usage.cachedContentTokenCount);
  const tools = count(usage.toolUsePromptTokenCount);
  const input = uncached(prompt, cached);
  return knownBuckets({
    input: input === undefined ? undefined : input + (tools ?? 0),
    cacheRead: cached,
    output: outputOf(usage, prompt, tools),
    reasoning: count(usage.thoughtsTokenCount),
  });
}

/** A count of nothing is left out; then the total tells it. Some models count their thoughts as candidates too. */
function outputOf(usage: GeminiUsage, prompt: number | undefined, tools: number | undefined): number | undefined {
  const [candidates, thoughts] = [count(usage.candidatesTokenCount), count(usage.thoughtsTokenCount)];
  const total = count(usage.totalTokenCount);
  if (prompt === undefined || total === undefined) {
    return candidates === undefined ? thoughts : candidates + (thoughts ?? 0);
  }
  const rest = less(total, prompt, tools);
  return candidates === undefined || rest === candidates ? rest : candidates + (thoughts ?? 0);
}
