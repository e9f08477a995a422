/**
 * Says whether an error text is about tools that the model or its server cannot be given. It comes with the status of any
 * bad request or any fault: the wording is all there is.
 */
export function saysNoTools(message: string): boolean {
  return noTools.test(message);
}

const noTools = new RegExp(
  [
    // Ollama: "registry.ollama.ai/library/gemma3:4b does not support tools"; LM Studio, Groq, Together.
    'does(?: not|n.t) support (?:tools?\\b|tool (?:use|call)|function call)',
    '(?:tools?|tool (?:use|calls?|calling)|function calling) (?:is|are) not supported',
    // llama.cpp.
    'tools? param(?:eter)? requires --jinja',
    // vLLM.
    'tool choice requires --enable-auto-tool-choice',
    // OpenRouter.
    'no endpoints found that support tool use',
  ].join('|'),
  'i',
);
