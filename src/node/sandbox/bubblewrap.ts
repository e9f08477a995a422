import { dirname, join } from 'node:path';
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

/** Sockets in a folder, the port on the loopback that leads to each, and the program that leads there. */
export interface WaysOut {
  folder: string;
  socat: string;
  ports: readonly { port: number; socket: string }[];
}

/** What is there for whatever is held. */
export interface Surroundings {
  home: string;
  own: { home: string; temporary: string };
  readable: Readable;
  /** Nobody may read it. */
  denied: string;
}

/** What one command sees. */
export interface View extends Surroundings {
  root: string;
  /** Where it begins. */
  folder: string;
  closed: readonly ClosedFile[];
  /** Of the workspace, what is there to be read and never to be written. */
  fixed: readonly RelPath[];
  /** Of the workspace, shown empty. */
  emptied: readonly RelPath[];
  /** Read by what is no part of the workspace, such as the repository that a working tree belongs to. */
  beside: readonly string[];
  /** The ways to the proxy. */
  ways?: WaysOut;
  /** A process whose network it has, and whose namespace of users that belongs to; absent: a network of its own. */
  loopback?: number;
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

const hide = (path: string, folder: boolean, denied: string) =>
  folder ? ['--perms', '0000', '--tmpfs', path] : ['--ro-bind', denied, path];

/** Own processes and no powers. */
const WALLS = ['--unshare-all', '--unshare-user', '--disable-userns', '--cap-drop', 'ALL', '--die-with-parent'];

/** The system, toolchains, and a home and a folder for temporary files of its own. */
function surroundings({ home, own, readable, denied }: Surroundings): string[] {
  return [
    ...['--uid', String(process.getuid?.() ?? 0), '--gid', String(process.getgid?.() ?? 0), '--hostname', 'sandbox'],
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
    ...readable.hidden.flatMap(({ path, folder }) => hide(path, folder, denied)),
  ];
}

/** What stands last: where it begins, and the ways out that lead there first. */
const beginning = ({ shell }: Tools, folder: string, ways: WaysOut | undefined): string[] => [
  ...(ways ? ['--ro-bind', ways.folder, PROXY_FOLDER] : []),
  ...['--remount-ro', '/', '--chdir', folder, '--'],
  ...(ways ? [shell, '-c', leading(ways), 'ways'] : []),
];

/** All that stands before the command: own processes, own network, no powers, and only the files of the view. */
export function bubblewrap(tools: Tools, stage: Stage, view: View): string[] {
  const { root, denied, loopback } = view;
  const inside = (path: RelPath) => join(root, path);
  return [
    ...inOwnMounts(tools, LAYER, stage.folder, loopback),
    ...[tools.bwrap, ...WALLS, ...(loopback === undefined ? [] : ['--share-net'])],
    ...(view.filtered ? ['--seccomp', '3'] : []),
    ...surroundings(view),
    ...view.beside.filter(path => !isWithin(root, path)).flatMap(path => ['--ro-bind', path, path]),
    ...['--bind', `${stage.folder}/merged`, root],
    ...view.fixed.flatMap(path => ['--ro-bind', inside(path), inside(path)]),
    ...view.emptied.flatMap(path => ['--tmpfs', inside(path), '--remount-ro', inside(path)]),
    ...view.closed.flatMap(({ path, folder }) => hide(inside(path), folder, denied)),
    ...beginning(tools, view.folder, view.ways),
  ];
}

/** What a program sees that works by itself in a folder of its own. */
export interface ProgramView extends Surroundings {
  folder: string;
  /** Its own files, wherever they are. */
  keeps: readonly string[];
  ways: WaysOut;
  /** A file with the filter for calls of the kernel. */
  filter: string | undefined;
}

/** All that stands before the program. No layer is needed: its folder is a copy. */
export function aroundProgram(tools: Tools, view: ProgramView): string[] {
  const { folder, filter } = view;
  const beside = dirname(folder);
  return [
    ...(filter === undefined ? [] : [tools.shell, '-c', 'exec 3<"$1"; shift; exec "$@"', 'filter', filter]),
    ...[tools.bwrap, ...WALLS, ...(filter === undefined ? [] : ['--seccomp', '3'])],
    ...surroundings(view),
    ...view.keeps.flatMap(path => ['--bind', path, path]),
    ...['--ro-bind', beside, beside, '--bind', folder, folder],
    ...beginning(tools, folder, view.ways),
  ];
}

const PROXY_FOLDER = '/run/proxy';
const PROXY_PORT = 3128;
/** Where the proxy of one of several commands with one loopback is. */
export const proxyPort = (which: number): number => PROXY_PORT + (which % 1000);
/** The socket of the proxy in the folder that commands see it in. */
export const PROXY_SOCKET = 'socket';

/** Leads from the loopback to the sockets; the command begins when somebody listens. */
const leading = ({ socat, ports }: WaysOut) =>
  ports
    .map(
      ({ port, socket }) =>
        `${socat} TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr UNIX-CONNECT:${PROXY_FOLDER}/${socket} >/dev/null 2>&1 & `,
    )
    .join('') +
  `for i in 1 2 3 4 5 6 7 8 9 10; do ${socat} -u OPEN:/dev/null TCP:127.0.0.1:${ports[0]?.port} 2>/dev/null && break; sleep 0.02; done; exec "$@"`;
