import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, relative, resolve } from 'node:path';

const words = (text: string) => text.split(/\s+/).filter(Boolean);

/** The system and its programs. */
const SYSTEM = words('/usr /bin /sbin /lib /lib32 /lib64 /libx32 /etc /opt /nix /snap /gnu /home/linuxbrew/.linuxbrew');

/** In a home folder: toolchains, and what package managers have fetched. Nothing that a login is kept in. */
const TOOLS = words(`
  .nvm/versions .nvm/alias .volta/bin .volta/tools .fnm .local/share/fnm .local/share/pnpm .local/share/mise/installs .asdf/installs
  .asdf/shims .sdkman/candidates .jenv .pyenv .rbenv .rustup .cargo/bin .cargo/registry .cargo/git .cargo/env go .deno/bin .bun/bin
  .bun/install/cache .npm/_cacache .local/share/uv .local/share/pipx .local/pipx .local/lib .m2/repository .m2/wrapper
  .gradle/wrapper .ivy2/cache .sbt/boot .cache/pip .cache/uv .cache/yarn .cache/pnpm
  .cache/node/corepack .cache/ms-playwright .cache/puppeteer .cache/Cypress .cache/pypoetry .cache/coursier .cache/deno
  .cache/composer .composer/vendor .gem .local/share/gem .nuget/packages .dotnet/tools .stack/programs .ghcup/bin .ghcup/ghc
  .cabal/packages .pub-cache .hex/packages .mix/archives .mix/elixir .opam .local/share/virtualenvs .conda miniconda3 anaconda3
`);

/** A folder that a command may read, and where it sees it. */
export interface Mount {
  source: string;
  target: string;
}

export interface Readable {
  mounts: Mount[];
  /** Links of the system's root, as `/bin` mostly is one. */
  links: { target: string; to: string }[];
  /** What of all that is for nobody else to read; `folder` is shown empty. */
  hidden: { path: string; folder: boolean }[];
}

/** What commands may read beside the workspace: the system, toolchains wherever the PATH finds them, caches of packages. */
export async function readablePlaces(
  path: string,
  home: string,
  programs: readonly string[],
  root: string,
): Promise<Readable> {
  const readable: Readable = { mounts: [], links: [], hidden: [] };
  for (const place of SYSTEM) await addSystem(place, readable);
  const folders = [...path.split(delimiter), ...programs.map(dirname)].filter(isAbsolute).map(each => resolve(each));
  const more = [
    ...TOOLS.map(name => join(home, name)),
    ...(await Promise.all(folders.map(each => programsAt(each, home, root)))).flat(),
  ];
  for (const place of new Set(more)) {
    if (SYSTEM.some(each => isWithin(each, place))) continue;
    const source = await realpath(place).catch(() => undefined);
    if (source === undefined || source === '/' || isWithin(source, home)) continue;
    readable.mounts.push({ source, target: place });
    // What lies there may name its own place.
    if (source !== place && !SYSTEM.some(each => isWithin(each, source)))
      readable.mounts.push({ source, target: source });
  }
  readable.hidden.push(...(await hiddenSettings()));
  return readable;
}

/** The same with what one program needs of itself: the installation that it is part of. */
export async function withProgram(
  readable: Readable,
  { path, args }: { path: string; args: readonly string[] },
  home: string,
  root: string,
): Promise<Readable> {
  const mounts = [...readable.mounts];
  for (const named of [path, ...args.filter(isAbsolute)]) {
    const real = await realpath(named).catch(() => named);
    for (const file of new Set([named, real])) {
      if ([...SYSTEM, ...mounts.map(({ target }) => target)].some(place => isWithin(place, file))) continue;
      for (const place of await installationOf(file))
        if (!isWithin(place, home) && !isWithin(place, root)) mounts.push({ source: place, target: place });
    }
  }
  return { ...readable, mounts };
}

/** The package that a file stands in, with what is installed beside it; else its folder. */
async function installationOf(file: string): Promise<string[]> {
  const modules = /^(.*?\/node_modules)\//.exec(file)?.[1];
  if (modules !== undefined) return [modules];
  const around = await programsAt(dirname(file), '/nowhere', '/nowhere');
  return around.length > 0 ? around : [dirname(file)];
}

async function addSystem(place: string, readable: Readable): Promise<void> {
  const found = await lstat(place).catch(() => undefined);
  if (found?.isSymbolicLink()) readable.links.push({ target: place, to: await readlink(place) });
  else if (found?.isDirectory()) readable.mounts.push({ source: place, target: place });
}

/** Holds, or is: `isWithin('/a', '/a/b')`. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way));
}

/** A folder of the PATH, with the installation around it, where it is one; in a home folder as little as possible. */
async function programsAt(folder: string, home: string, root: string): Promise<string[]> {
  const around = dirname(folder);
  if (folder === '/' || isWithin(folder, home) || isWithin(folder, root)) return [];
  const holds = isWithin(around, home) || isWithin(around, root) || around === join(home, '.local');
  if (!holds && (await isInstallation(folder, around))) return [around];
  return [folder, ...(await installedBehind(folder, home))];
}

/** Programs that bring libraries along, and not just any folder with programs in it. */
async function isInstallation(folder: string, around: string): Promise<boolean> {
  if (/\/node_modules\/\.bin$/.test(folder)) return true;
  if (!/\/s?bin$/.test(folder)) return false;
  const names = await readdir(around).catch(() => []);
  return names.some(name => /^(lib|lib64|libexec|share|include|jre|jmods|pkg)$/.test(name));
}

/** `~/.local/bin` holds links into folders of their own. */
async function installedBehind(folder: string, home: string): Promise<string[]> {
  const found = new Set<string>();
  for (const name of (await readdir(folder).catch(() => [])).slice(0, 500)) {
    const target = await realpath(join(folder, name)).catch(() => undefined);
    const inner = target && /^\.local\/(share|lib|opt)\/([^/]+)\/./.exec(relative(home, target));
    if (inner && !/^(keyrings|kwalletd|gnome|evolution|fish|zoxide|Trash)/i.test(inner[2] ?? ''))
      found.add(join(home, '.local', inner[1] ?? '', inner[2] ?? ''));
  }
  return [...found];
}

const SECRET_SETTINGS = words(
  `ssh ssl/private sudoers.d wireguard openvpn NetworkManager letsencrypt kubernetes docker rancher gshadow gshadow- shadow
   shadow- sudoers krb5.keytab machine-id security/opasswd ppp polkit-1 credstore credstore.encrypted`,
);

/** Settings of the system that hold keys, and, for who may read all, whatever others may not. */
async function hiddenSettings(): Promise<Readable['hidden']> {
  const closed = (await readdir('/etc').catch(() => [])).map(name => join('/etc', name));
  const hidden: Readable['hidden'] = [];
  const named = new Set(SECRET_SETTINGS.map(name => join('/etc', name)));
  for (const path of new Set([...named, ...closed])) {
    const found = await lstat(path).catch(() => undefined);
    if (!found || found.isSymbolicLink()) continue;
    const folder = found.isDirectory();
    if (named.has(path) || (found.mode & (folder ? 0o001 : 0o004)) === 0) hidden.push({ path, folder });
  }
  return hidden;
}
