import type { Provider } from '../core/routing/contract.ts';
import type { ProviderKind } from '../protocol/config.ts';
import { anthropicProvider } from './anthropic.ts';
import type { ProviderConfig } from './config.ts';
import { type ProviderDeps, withDefaults } from './deps.ts';
import { googleProvider } from './google.ts';
import { ollamaProvider } from './ollama.ts';
import { openaiProvider } from './openai.ts';
import { openaiCompatibleProvider } from './openai-compatible.ts';
import { secretsOf } from './secrets.ts';

export type { ProviderConfig } from './config.ts';

type MakeProvider = (config: ProviderConfig, key: string | undefined, deps: ProviderDeps) => Provider;

const kinds = {
  anthropic: anthropicProvider,
  openai: openaiProvider,
  'openai-compatible': openaiCompatibleProvider,
  google: googleProvider,
  ollama: ollamaProvider,
} satisfies Record<ProviderKind, MakeProvider>;

/** Makes a provider. Nothing of the vendor's SDK is loaded before its first call. */
export function createProvider(
  config: ProviderConfig,
  key: string | undefined,
  deps: Partial<ProviderDeps> = {},
): Provider {
  const all = withDefaults(deps);
  for (const secret of secretsOf(config, key)) all.redactor.add(secret);
  return kinds[config.kind](config, key, all);
}
