import { existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative } from 'node:path';
import { gitEnvironment } from './git-settings.ts';

const names = (text: string) => text.split(/\s+/).filter(Boolean);

/**
 * What a command may know of the environment: where programs and their own files are, and in which language to
 * speak. Everything else stays out, so that no key, token, agent socket or start-up hook comes along, by whatever
 * name it goes.
 */
const kept = new Set(
  names(`
    PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TMP TEMP DISPLAY WAYLAND_DISPLAY
    XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_DATA_DIRS XDG_CONFIG_DIRS XDG_STATE_HOME
    SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE USERNAME HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA
    PROGRAMFILES PROGRAMFILES(X86) PROGRAMW6432 PROGRAMDATA ALLUSERSPROFILE COMMONPROGRAMFILES COMMONPROGRAMFILES(X86)
    COMMONPROGRAMW6432 PUBLIC OS NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE PROCESSOR_IDENTIFIER
    JAVA_HOME GOPATH GOROOT GOBIN GOCACHE GOMODCACHE GOTOOLCHAIN CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN NVM_DIR NVM_BIN
    VOLTA_HOME FNM_DIR FNM_MULTISHELL_PATH PNPM_HOME COREPACK_HOME BUN_INSTALL DENO_DIR PYENV_ROOT VIRTUAL_ENV CONDA_PREFIX
    CONDA_DEFAULT_ENV RBENV_ROOT GEM_HOME GEM_PATH BUNDLE_PATH ANDROID_HOME ANDROID_SDK_ROOT DOTNET_ROOT MAVEN_HOME M2_HOME
    GRADLE_HOME GRADLE_USER_HOME FLUTTER_ROOT ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR SDKMAN_DIR HOMEBREW_PREFIX NIX_PATH
    NIX_PROFILES NIX_SSL_CERT_FILE PKG_CONFIG_PATH SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS CURL_CA_BUNDLE
    REQUESTS_CA_BUNDLE NO_PROXY
  `),
);
/** Addresses that often hold a password. */
const proxies = new Set(names('HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY'));

/** What keeps programs from waiting for someone, and from drawing. */
const quiet: Record<string, string> = {
  TERM: 'dumb',
  NO_COLOR: '1',
  PAGER: 'cat',
  EDITOR: 'false',
  VISUAL: 'false',
  ...gitEnvironment,
  DEBIAN_FRONTEND: 'noninteractive',
  PYTHONUNBUFFERED: '1',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  // Else Windows would run a program of the workspace in place of the one that is meant.
  NoDefaultCurrentDirectoryInExePath: '1',
};

/** The environment of a command: what is kept of ours, made quiet, and what was asked for on top. */
export function commandEnvironment(
  own: NodeJS.ProcessEnv,
  root: string,
  more: Record<string, string> = {},
  folder = root,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    const upper = name.toUpperCase();
    if (value === undefined) continue;
    if (upper === 'PATH') env[name] = [cleanPath(value, root), ...packagePrograms(root, folder)].join(delimiter);
    else if (kept.has(upper) || /^LC_[A-Z]+$/.test(name)) env[name] = value;
    else if (proxies.has(upper) && !/@/.test(value)) env[name] = value;
  }
  return { ...env, ...quiet, ...more };
}

/** Programs of installed packages, for a command that stands in the folder: after all others, so that they replace none. */
function packagePrograms(root: string, folder: string): string[] {
  const found: string[] = [];
  for (let at = folder; at === root || !outside(root, at); at = dirname(at)) {
    const programs = join(at, 'node_modules', '.bin');
    if (existsSync(programs)) found.push(programs);
    if (at === root) break;
  }
  return found;
}

/** Without folders that agents write to, and without those that depend on where one stands. */
function cleanPath(path: string, root: string): string {
  return path
    .split(delimiter)
    .filter(folder => isAbsolute(folder) && outside(root, folder))
    .join(delimiter);
}

function outside(root: string, folder: string): boolean {
  const way = relative(root, folder);
  return way.startsWith('..') || isAbsolute(way);
}
