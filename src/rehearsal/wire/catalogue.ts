import type { ModelCard, Vendor } from './types.ts';

const claude = (id: string, contextTokens = 1_000_000): ModelCard => ({
  id,
  contextTokens,
  maxOutputTokens: 128_000,
  cacheMinTokens: 1024,
});
const gpt = (id: string, cacheWrites = true): ModelCard => ({
  id,
  cacheWrites,
  contextTokens: 400_000,
  maxOutputTokens: 128_000,
  cacheMinTokens: 1024,
  cacheStep: 128,
});
const gemini = (id: string): ModelCard => ({
  id,
  contextTokens: 1_048_576,
  maxOutputTokens: 65_536,
  cacheMinTokens: 1024,
  cacheStep: 1,
});
const local = (id: string): ModelCard => ({ id, contextTokens: 131_072, maxOutputTokens: 32_768 });

/** The models there are unless a test brings its own. Sizes are round numbers for rehearsing, not the vendors'. */
export const catalogue: Record<Vendor, readonly ModelCard[]> = {
  anthropic: [
    claude('claude-fable-5-2'),
    claude('claude-opus-5-5'),
    claude('claude-sonnet-5-5'),
    claude('claude-haiku-5-5', 200_000),
  ],
  openai: [gpt('gpt-6-astra'), gpt('gpt-6.1-sol', false), gpt('gpt-6.1-terra'), gpt('gpt-6-luna')],
  'openai-compatible': [
    { ...gpt('deepseek-chat'), cacheMinTokens: 64, cacheStep: 64, reasoningField: 'reasoning_content' },
    { ...gpt('qwen/qwen3-32b'), reasoningField: 'reasoning' },
    gpt('mistral-large'),
  ],
  google: [gemini('gemini-4-argon'), gemini('gemini-3.8-flash'), gemini('gemini-3.1-pro-preview')],
  ollama: [local('qwen3-coder:30b'), local('llama3.3:70b')],
};
