import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's own folder: configuration, agreements, the day's spending. ORCHESTRATE_HOME moves it. */
export function userFolder(environment: Environment, platform = process.platform, home = homedir()): string {
  if (environment.ORCHESTRATE_HOME) return environment.ORCHESTRATE_HOME;
  if (platform === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Orchestrate');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Orchestrate');
  return join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'orchestrate');
}

/** Where large things of ours are that can be made again. */
export function cacheFolder(environment: Environment, platform = process.platform, home = homedir()): string {
  if (environment.ORCHESTRATE_HOME) return join(environment.ORCHESTRATE_HOME, 'cache');
  if (platform === 'win32') return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Orchestrate');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'Orchestrate');
  return join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'orchestrate');
}
