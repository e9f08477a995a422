/**
 * Says whether an error text is about a prompt that does not fit. Anthropic, Gemini, Ollama and most servers of the
 * Chat Completions kind answer it with the status, type and code of any bad request: their wording is all there is.
 * Nothing else may be decided by the text of an error.
 */
export function saysContextOverflow(message: string): boolean {
  return overflow.test(message);
}

const overflow = new RegExp(
  [
    // Anthropic; also "input length and `max_tokens` exceed context limit".
    'prompt is too long',
    'exceeds? (?:the )?(?:available )?context (?:limit|window|length|size)',
    // Gemini: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
    'exceeds the maximum number of tokens allowed',
    // vLLM, DeepSeek, OpenRouter, Mistral, LM Studio.
    'maximum context length',
    'greater than the context length',
    // xAI.
    'maximum prompt length',
  ].join('|'),
  'i',
);
