import { join } from 'node:path';

/**
 * Set for whatever is held: everything that is kept beside a home goes there, and caches that want to be written are this
 * session's own. `proxy`: the port that leads to the domains it may reach.
 */
export function ownVariables(home: string, temporary: string, proxy: number | undefined): Record<string, string> {
  const at = (path: string) => join(home, path);
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
  const reaching = {
    ...Object.fromEntries(names.map(name => [name, `http://127.0.0.1:${proxy ?? 0}`])),
    ...{ NO_PROXY: 'localhost,127.0.0.1,::1', no_proxy: 'localhost,127.0.0.1,::1', NODE_USE_ENV_PROXY: '1' },
    // What is fetched is kept for this session only.
    ...{
      npm_config_cache: at('.cache/npm'),
      PIP_CACHE_DIR: at('.cache/own-pip'),
      YARN_CACHE_FOLDER: at('.cache/own-yarn'),
    },
  };
  return {
    ...(proxy !== undefined && reaching),
    HOME: home,
    ...{ TMPDIR: temporary, TMP: temporary, TEMP: temporary },
    ...{ XDG_CACHE_HOME: at('.cache'), XDG_CONFIG_HOME: at('.config') },
    ...{ XDG_DATA_HOME: at('.local/share'), XDG_STATE_HOME: at('.local/state') },
    ...{ GOCACHE: at('.cache/go-build'), GRADLE_USER_HOME: at('.gradle') },
    ORCHESTRATE_SANDBOXED: '1',
  };
}
