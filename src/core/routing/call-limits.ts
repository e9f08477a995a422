import type { Provider } from './contract.ts';
import { providerKinds } from './provider-kinds.ts';
import type { RoutingSettings, WatchdogSettings } from './settings.ts';

/** How long a provider may keep a call waiting: what is set for it goes before its kind, its kind before all. */
export function watchdogsFor({ name, kind }: Provider, settings: RoutingSettings): WatchdogSettings {
  return { ...settings.watchdogs, ...providerKinds[kind].calls?.watchdogs, ...settings.providers[name]?.watchdogs };
}

/** Its calls at once. */
export function concurrencyOf({ name, kind }: Provider, settings: RoutingSettings): number {
  return settings.providers[name]?.concurrency ?? providerKinds[kind].calls?.concurrency ?? settings.concurrency;
}
