import type { ProviderEntry } from '../../protocol/config.ts';

interface KnownProvider {
  /** As people know it. */
  label: string;
  entry: ProviderEntry;
  /** Environment variables with its key, as the vendor's own tools name them; the first that is set counts. */
  keyEnv: readonly string[];
  /** Where people get a key. */
  keysAt?: string;
}

/** Providers that need nothing but a key, or a server on this machine. */
export const knownProviders: Readonly<Record<string, KnownProvider>> = {
  anthropic: {
    label: 'Anthropic',
    entry: { kind: 'anthropic' },
    keyEnv: ['ANTHROPIC_API_KEY'],
    keysAt: 'https://platform.claude.com/settings/keys',
  },
  openai: {
    label: 'OpenAI',
    entry: { kind: 'openai' },
    keyEnv: ['OPENAI_API_KEY'],
    keysAt: 'https://platform.openai.com/api-keys',
  },
  google: {
    label: 'Google Gemini',
    entry: { kind: 'google' },
    keyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    keysAt: 'https://aistudio.google.com/apikey',
  },
  openrouter: {
    label: 'OpenRouter',
    entry: { kind: 'openai-compatible', baseUrl: 'https://openrouter.ai/api/v1' },
    keyEnv: ['OPENROUTER_API_KEY'],
    keysAt: 'https://openrouter.ai/keys',
  },
  groq: {
    label: 'Groq',
    entry: { kind: 'openai-compatible', baseUrl: 'https://api.groq.com/openai/v1' },
    keyEnv: ['GROQ_API_KEY'],
    keysAt: 'https://console.groq.com/keys',
  },
  deepseek: {
    label: 'DeepSeek',
    entry: { kind: 'openai-compatible', baseUrl: 'https://api.deepseek.com/v1' },
    keyEnv: ['DEEPSEEK_API_KEY'],
    keysAt: 'https://platform.deepseek.com/api_keys',
  },
  mistral: {
    label: 'Mistral',
    entry: { kind: 'openai-compatible', baseUrl: 'https://api.mistral.ai/v1' },
    keyEnv: ['MISTRAL_API_KEY'],
    keysAt: 'https://console.mistral.ai/api-keys',
  },
  xai: {
    label: 'xAI',
    entry: { kind: 'openai-compatible', baseUrl: 'https://api.x.ai/v1' },
    keyEnv: ['XAI_API_KEY'],
    keysAt: 'https://console.x.ai',
  },
  ollama: { label: 'Ollama', entry: { kind: 'ollama', local: true }, keyEnv: [] },
};
