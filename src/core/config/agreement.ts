import type { Config } from '../../protocol/config.ts';

/** What in a workspace's config could send keys elsewhere or let commands through: used only once the user agreed. */
export interface Sensitive {
  /** The parts in question, for showing; undefined when there are none. */
  parts: Config | undefined;
  /** The config without them. */
  rest: Config;
}

/** Parts a workspace file may not set by itself: servers, headers, key sources, prices, and what commands may run. */
export function splitSensitive(config: Config): Sensitive {
  const { providers, prices, permissions, ...plain } = config;
  const parts: Config = {};
  const rest: Config = { ...plain };
  if (providers) parts.providers = providers;
  if (prices) parts.prices = prices;
  if (permissions) {
    const { allow, ...tightening } = permissions.commands ?? {};
    if (allow) parts.permissions = { commands: { allow } };
    rest.permissions = { commands: tightening };
  }
  return { parts: Object.keys(parts).length > 0 ? parts : undefined, rest };
}
