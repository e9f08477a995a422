import { type ConfiguredProvider, configuredProviders } from '../core/config/providers.ts';
import type { Secrets } from '../core/ports.ts';
import type { Redactor } from '../core/redact/redactor.ts';
import type { Provider } from '../core/routing/contract.ts';
import type { Config } from '../protocol/config.ts';
import { createProvider, type ProviderConfig } from '../providers/index.ts';

function providerConfig({ name, entry, free }: ConfiguredProvider): ProviderConfig {
  const { kind, baseUrl, headers, models, dialect, legacyAuth, cache, numCtx } = entry;
  return { name, kind, free, baseUrl, headers, models, dialect, legacyAuth, cache, numCtx } as ProviderConfig;
}

/** The providers that can be asked: configured, and with a key where one is needed. */
export class ProviderSet {
  readonly configured: readonly ConfiguredProvider[];
  readonly #redactor: Redactor;
  readonly #secrets: Secrets;
  readonly #made = new Map<string, Provider>();
  readonly #keys = new Map<string, string | undefined>();

  constructor(config: Config, secrets: Secrets, redactor: Redactor) {
    this.configured = configuredProviders(config);
    this.#secrets = secrets;
    this.#redactor = redactor;
  }

  /** Reads the keys anew. A provider that lost its key is gone; one whose key changed is a new provider. */
  async load(): Promise<void> {
    const keys = await Promise.all(this.configured.map(each => this.#secrets.get(each.name)));
    for (const [index, provider] of this.configured.entries()) {
      const { name } = provider;
      const key = keys[index];
      if (key === undefined && !provider.keyless) {
        this.#made.delete(name);
        this.#keys.delete(name);
      } else if (!this.#made.has(name) || this.#keys.get(name) !== key) {
        this.#made.set(name, createProvider(providerConfig(provider), key, { redactor: this.#redactor }));
        this.#keys.set(name, key);
      }
    }
  }

  /** Adds one that is not configured here, such as the editor's own models. */
  add(provider: Provider): void {
    this.#made.set(provider.name, provider);
  }

  get(name: string): Provider | undefined {
    return this.#made.get(name);
  }

  names(): string[] {
    return [...this.#made.keys()];
  }

  all(): Provider[] {
    return [...this.#made.values()];
  }
}
