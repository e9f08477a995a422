import { join } from 'node:path';
import type { RelPath } from '../../protocol/ids.ts';
import type { ClosedFile } from './closed-files.ts';
import { isWithin, type Readable } from './readable.ts';
import type { Stage } from './store.ts';

/** The programs that hold a command. */
export interface Tools {
  bwrap: string;
  unshare: string;
  nsenter: string;
  shell: string;
}

/** What one command sees. */
export interface View {
  root: string;
  /** Where it begins. */
  folder: string;
  home: string;
  own: { home: string; temporary: string };
  readable: Readable;
  closed: readonly ClosedFile[];
  /** Of the workspace, what is there to be read and never to be written. */
  fixed: readonly RelPath[];
  /** Of the workspace, shown empty. */
  emptied: readonly RelPath[];
  /** Read by what is no part of the workspace, such as the repository that a working tree belongs to. */
  beside: readonly string[];
  /** A folder with the socket of the proxy, and the program that leads there. */
  proxy?: { folder: string; socat: string; port: number };
  /** A process whose network it has, and whose namespace of users that belongs to; absent: a network of its own. */
  loopback?: number;
  /** Nobody may read it. */
  denied: string;
  /** Whether a filter for calls of the kernel is open as 3. */
  filtered: boolean;
}

/** Lays the workspace under a layer that takes what is written, then becomes the program that is given. */
const LAYER =
  'cd "$1" && shift && mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr,volatile merged && exec "$@"';
const LIST =
  'cd "$1" && shift && mount -t overlay overlay -o lowerdir=upper:lower,userxattr merged && cd merged && exec find "$@" -mindepth 1 -maxdepth 1 -printf "%H/%f\\0"';

const entering = ({ nsenter }: Tools, pid: number): string[] => [
  nsenter,
  `--user=/proc/${pid}/ns/user`,
  `--net=/proc/${pid}/ns/net`,
  '--preserve-credentials',
  '--',
];

const inOwnMounts = (tools: Tools, script: string, folder: string, loopback?: number): string[] => [
  ...(loopback === undefined ? [] : entering(tools, loopback)),
  tools.unshare,
  ...(loopback === undefined ? ['--user', '--map-root-user'] : []),
  '--mount',
  '--',
  tools.shell,
  '-c',
  script,
  'sandbox',
  folder,
];

/** Lists what is in these folders, seen through both layers. */
export const listing = (tools: Tools, { folder }: Stage, folders: readonly RelPath[]): string[] => [
  ...inOwnMounts(tools, LIST, folder),
  ...folders.map(each => `./${each}`),
];

/** All that stands before the command: own processes, own network, no powers, and only the files of the view. */
export function bubblewrap(tools: Tools, stage: Stage, view: View): string[] {
  const { root, home, own, readable, denied } = view;
  const inside = (path: RelPath) => join(root, path);
  const hide = (path: string, folder: boolean) =>
    folder ? ['--perms', '0000', '--tmpfs', path] : ['--ro-bind', denied, path];
  return [
    ...inOwnMounts(tools, LAYER, stage.folder, view.loopback),
    tools.bwrap,
    '--unshare-all',
    ...(view.loopback === undefined ? [] : ['--share-net']),
    '--unshare-user',
    '--disable-userns',
    ...['--cap-drop', 'ALL'],
    ...['--uid', String(process.getuid?.() ?? 0), '--gid', String(process.getgid?.() ?? 0)],
    '--die-with-parent',
    '--hostname',
    'sandbox',
    ...(view.filtered ? ['--seccomp', '3'] : []),
    // For root, what the kernel lets its files of settings be written by is who owns them.
    ...['--proc', '/proc', '--remount-ro', '/proc', '--dev', '/dev', '--dir', '/run', '--dir', '/var'],
    ...['--bind', own.temporary, '/tmp', '--bind', own.temporary, '/var/tmp'],
    ...readable.links.flatMap(({ target, to }) => ['--symlink', to, target]),
    // What lies around something else comes before it.
    ...[
      { bind: '--bind', source: own.home, target: home },
      ...readable.mounts.map(each => ({ bind: '--ro-bind', ...each })),
    ]
      .sort((one, other) => one.target.length - other.target.length)
      .flatMap(({ bind, source, target }) => [bind, source, target]),
    ...readable.hidden.flatMap(({ path, folder }) => hide(path, folder)),
    ...view.beside.filter(path => !isWithin(root, path)).flatMap(path => ['--ro-bind', path, path]),
    ...['--bind', `${stage.folder}/merged`, root],
    ...view.fixed.flatMap(path => ['--ro-bind', inside(path), inside(path)]),
    ...view.emptied.flatMap(path => ['--tmpfs', inside(path), '--remount-ro', inside(path)]),
    ...view.closed.flatMap(({ path, folder }) => hide(inside(path), folder)),
    ...(view.proxy ? ['--ro-bind', view.proxy.folder, PROXY_FOLDER] : []),
    ...['--remount-ro', '/', '--chdir', view.folder, '--'],
    ...(view.proxy ? [tools.shell, '-c', leading(view.proxy), 'proxy'] : []),
  ];
}

const PROXY_FOLDER = '/run/proxy';
const PROXY_PORT = 3128;
/** Where the proxy of one of several commands with one loopback is. */
export const proxyPort = (which: number): number => PROXY_PORT + (which % 1000);
/** The socket of the proxy in the folder that commands see it in. */
export const PROXY_SOCKET = 'socket';
/** Where a command finds the proxy, on its loopback. */
export const proxyAt = (port: number): string => `http://127.0.0.1:${port}`;

/** Leads from the loopback to the proxy's socket; the command begins when somebody listens. */
const leading = ({ socat, port }: { socat: string; port: number }) =>
  `${socat} TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr UNIX-CONNECT:${PROXY_FOLDER}/${PROXY_SOCKET} >/dev/null 2>&1 & ` +
  `for i in 1 2 3 4 5 6 7 8 9 10; do ${socat} -u OPEN:/dev/null TCP:127.0.0.1:${port} 2>/dev/null && break; sleep 0.02; done; exec "$@"`;
