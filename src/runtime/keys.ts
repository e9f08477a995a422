import type { ConfiguredProvider } from '../core/config/providers.ts';
import type { Secrets } from '../core/ports.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Ours, for a provider of any name. */
export const ownKeyVariable = (name: string): string =>
  `ORCHESTRATE_API_KEY_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;

/** The variable a provider's key is taken from, if one of its variables is set: ours first, then the vendor's own. */
export function keyVariable(provider: ConfiguredProvider, environment: Environment): string | undefined {
  return [ownKeyVariable(provider.name), ...provider.keyEnv].find(variable => environment[variable]?.trim());
}

/** Keys in the environment, under the names that vendors use. */
export function environmentSecrets(providers: readonly ConfiguredProvider[], environment: Environment): Secrets {
  return {
    async get(name) {
      const provider = providers.find(each => each.name === name);
      const variable = provider && keyVariable(provider, environment);
      return variable && environment[variable]?.trim();
    },
  };
}
