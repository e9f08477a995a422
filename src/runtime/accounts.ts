import { type Account, accountOf } from '../core/config/accounts.ts';
import { type ConfiguredProvider, configuredProviders } from '../core/config/providers.ts';
import type { Secrets } from '../core/ports.ts';
import { keyVariable } from './keys.ts';
import { type ConfigPlaces, loadFrom } from './load-config.ts';

export interface KeyPlaces {
  environment: ConfigPlaces['environment'];
  /** The keys that the editor keeps. */
  secrets?: Secrets;
  /** Where a key of the editor is kept, in words. */
  keptIn?: string;
}

/** Where each provider's key comes from, in words: the editor's go before the environment's. */
export async function keySources(
  providers: readonly ConfiguredProvider[],
  { environment, secrets, keptIn }: KeyPlaces,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const provider of providers) {
    const from = (await secrets?.get(provider.name)) ? keptIn : keyVariable(provider, environment);
    if (from !== undefined) found.set(provider.name, from);
  }
  return found;
}

/** Every provider that is known or written down. Loads nothing that could ask one of them. */
export async function accounts(places: ConfigPlaces & KeyPlaces): Promise<Account[]> {
  const { config } = await loadFrom(places);
  const providers = configuredProviders(config);
  const from = await keySources(providers, places);
  return providers.map(provider => accountOf(provider, from.get(provider.name)));
}
