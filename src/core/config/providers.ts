import type { Config, ProviderEntry } from '../../protocol/config.ts';
import { own } from '../own.ts';
import { providerKinds } from '../routing/provider-kinds.ts';
import { knownProviders } from './known-providers.ts';

/** A provider as configured, with the places its key may come from. */
export interface ConfiguredProvider {
  name: string;
  label: string;
  entry: ProviderEntry;
  keyEnv: readonly string[];
  keysAt?: string;
  /** Costs nothing: on this machine, or said to be free. */
  free: boolean;
  /** Answers without a key. */
  keyless: boolean;
  /** Written down by the user, not only known to us. */
  explicit: boolean;
}

/** The built-in providers with the user's entries over and beside them, without the disabled ones. */
export function configuredProviders(config: Config): ConfiguredProvider[] {
  const names = new Set([...Object.keys(knownProviders), ...Object.keys(config.providers ?? {})]);
  return [...names].flatMap(name => {
    const known = own(knownProviders, name);
    const written = config.providers?.[name];
    const entry = {
      ...(known?.entry.kind === written?.kind || !written ? known?.entry : {}),
      ...written,
    } as ProviderEntry;
    if (entry.disabled) return [];
    const local = entry.local === true;
    return [
      {
        name,
        label: known?.label ?? name,
        entry,
        keyEnv: entry.keyEnv ? [entry.keyEnv] : (known?.keyEnv ?? []),
        ...(known?.keysAt && { keysAt: known.keysAt }),
        free: local || entry.free === true,
        keyless: local || providerKinds[entry.kind].keyless === true,
        explicit: written !== undefined,
      },
    ];
  });
}
