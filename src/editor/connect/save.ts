import * as vscode from 'vscode';
import type { Config, PriceEntry, ProviderEntry } from '../../protocol/config.ts';

const { Global } = vscode.ConfigurationTarget;

/** What the user's own settings say, before defaults. */
export function userSetting<K extends keyof Config>(key: K): Config[K] | undefined {
  return vscode.workspace.getConfiguration('orchestrate').inspect<Config[K]>(key)?.globalValue;
}

const write = (key: keyof Config, value: unknown) =>
  vscode.workspace.getConfiguration('orchestrate').update(key, value, Global);

/** Writes a provider down in the user's settings. */
export async function saveProvider(name: string, entry: ProviderEntry): Promise<void> {
  await write('providers', { ...userSetting('providers'), [name]: entry });
}

/** Writes down that a CLI agent may be used, as what is known of it or was said of it before. */
export async function saveWorker(name: string): Promise<void> {
  const workers = userSetting('workers') ?? {};
  if (!Object.hasOwn(workers, name)) await write('workers', { ...workers, [name]: {} });
}

/** Writes prices down, over earlier ones of the same models. */
export async function savePrices(prices: readonly PriceEntry[]): Promise<void> {
  const models = new Set(prices.map(({ model }) => model));
  const kept = (userSetting('prices') ?? []).filter(({ model }) => !models.has(model));
  await write('prices', [...kept, ...prices]);
}

/** Puts models before or behind all others of the default route, where the user has one. */
export async function saveInDefault(models: readonly string[], place: 'first' | 'last'): Promise<void> {
  const routes = userSetting('routes') ?? {};
  const rest = (routes.default ?? []).filter(model => !models.includes(model));
  await write('routes', { ...routes, default: place === 'first' ? [...models, ...rest] : [...rest, ...models] });
}
