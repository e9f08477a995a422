import type { LoadedConfig } from '../core/config/load.ts';
import { mergeConfig } from '../core/config/merge.ts';
import { userFolder } from '../node/places.ts';
import type { RuntimeHost } from './contract.ts';
import { Engine } from './engine.ts';
import { keysOf } from './host.ts';
import type { Rehearsal } from './rehearsal.ts';

/** The models of a configuration, or of a script in their place. */
export async function openEngine(host: RuntimeHost, loaded: LoadedConfig, rehearsal?: Rehearsal): Promise<Engine> {
  const { clock, log, environment, models, stopsWhenSpent } = host;
  let { config } = loaded;
  if (rehearsal) config = mergeConfig({ ...config, providers: {}, routes: {} }, rehearsal.config);
  if (stopsWhenSpent && config.budget?.whenSpent !== 'local')
    config = mergeConfig(config, { budget: { whenSpent: 'stop' } });
  const engine = new Engine({
    clock,
    log,
    config,
    secrets: rehearsal?.secrets ?? keysOf(host, config),
    userFolder: rehearsal ? undefined : userFolder(environment),
  });
  if (!rehearsal && models) for (const each of await models(engine.redactor)) engine.providers.add(each);
  await engine.load();
  return engine;
}
