import type { LoadedConfig } from '../core/config/load.ts';
import { configuredProviders } from '../core/config/providers.ts';
import type { Secrets } from '../core/ports.ts';
import { userFolder } from '../node/places.ts';
import { sealSecret } from '../node/session/secret.ts';
import type { Sessions } from '../node/session/sessions.ts';
import type { Config } from '../protocol/config.ts';
import type { RuntimeHost } from './contract.ts';
import { environmentSecrets } from './keys.ts';
import { type ConfigPlaces, loadFrom } from './load-config.ts';

/** The sessions of the host's workspace. */
export function sessionsOf({ workspace, clock, environment }: RuntimeHost): Sessions {
  return { workspace, clock, secret: sealSecret(userFolder(environment)) };
}

function placesOf({ workspace, environment, trusted, settings, configFile, foreign }: RuntimeHost): ConfigPlaces {
  return {
    workspace: trusted() ? workspace : undefined,
    environment,
    configFile,
    servers: foreign === undefined,
    ...(settings && { settings: settings() }),
  };
}

export const configOf = (host: RuntimeHost, flags?: Config): Promise<LoadedConfig> =>
  loadFrom({ ...placesOf(host), ...(flags && { flags }) });

/** The editor's keys first, then the environment's. */
export function keysOf({ secrets, environment }: RuntimeHost, config: Config): Secrets {
  const fallback = environmentSecrets(configuredProviders(config), environment);
  return { get: async name => (await secrets?.get(name)) ?? (await fallback.get(name)) };
}
