import type { ProviderConfig } from './config.ts';

/** What people write where a program insists on a key and the server does not. */
const placeholders = new Set(
  'lm-studio ollama-local vllm-local llama.cpp localhost local-key no-key-required sk-no-key-required not-needed not-required placeholder anything'.split(
    ' ',
  ),
);
const words = /^[a-z]+(?:[-_. ][a-z]+){0,2}$/i;
const thisMachine = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
/** Headers that carry what lets one in. */
const secretHeader = /auth|key|token|secret|cookie|password|credential/i;

/** Something that is reached at an address, with headers. */
type Addressed = Pick<ProviderConfig, 'name' | 'baseUrl' | 'headers'> & { kind: string; free?: boolean | undefined };

/**
 * All that may never be repeated of what a provider was given: the key, headers that let one in, and what its address
 * holds of such. A word in place of a key, as local servers take it, is none: taken for one, it would be blanked
 * wherever it stands, in names of models and files too.
 */
export function secretsOf(config: Addressed, key: string | undefined): string[] {
  const { name, kind, free, baseUrl, headers = {} } = config;
  const url = baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const local = free || (url !== undefined && thisMachine.test(url.hostname));
  const isWord = (text: string) =>
    text === name || text === kind || placeholders.has(text.toLowerCase()) || (local && words.test(text));
  const given = Object.entries(headers).flatMap(([header, value]) =>
    // `Bearer abc`: what follows the scheme is the secret.
    secretHeader.test(header) ? [value, value.replace(/^\S+\s+/, '')] : [],
  );
  const address = url ? [plain(url.password), ...url.searchParams.values()] : [];
  const all = [key, ...given, ...address].map(text => text?.trim() ?? '');
  return all.filter(text => text !== '' && !isWord(text));
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
