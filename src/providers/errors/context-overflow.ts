/**
 * Says whether an error text is about a prompt that does not fit. Anthropic, Gemini, Ollama and most servers of the
 * Chat Completions kind answer it with the status, type and code of any bad request: their wording is all there is.
 * Beside this and `saysNoTools`, nothing may be decided by the text of an error.
 */
export function saysContextOverflow(message: string): boolean {
  return overflow.test(message);
}

const overflow = new RegExp(
  [
    // Anthropic, Ollama: "prompt too long; exceeded max context length by 12 tokens".
    'prompt (?:is )?too long',
    // Anthropic: "input length and `max_tokens` exceed context limit"; OpenAI, llama.cpp, Moonshot.
    'exceed(?:s|ed)? (?:(?:the|this|its|available|configured|max|maximum|model) )*(?:context|token) (?:limit|window|length|size)',
    // Gemini: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
    'exceeds the maximum number of tokens allowed',
    // vLLM, DeepSeek, OpenRouter, Mistral, xAI.
    'maximum (?:context|prompt) length',
    'context (?:length|size) is (?:only )?[\\d,]+ tokens',
    // LM Studio.
    'greater than the context length',
    // Alibaba.
    'range of input length should be',
  ].join('|'),
  'i',
);
