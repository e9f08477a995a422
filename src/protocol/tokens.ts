interface PromptTokens {
  input: number;
  cacheRead: number;
  cacheWrite: number;
}

/** What went to a model, cached or not. */
export const promptTokens = ({ input, cacheRead, cacheWrite }: PromptTokens): number => input + cacheRead + cacheWrite;

/** Everything that is counted; reasoning is a part of the output. */
export const allTokens = (usage: PromptTokens & { output: number }): number => promptTokens(usage) + usage.output;
