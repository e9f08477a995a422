import { join } from 'node:path';
import type { RelPath } from '../../protocol/ids.ts';
import type { ClosedFile } from './closed-files.ts';
import { isWithin, type Readable } from './readable.ts';
import type { Stage } from './store.ts';

/** The programs that hold a command. */
export interface Tools {
  bwrap: string;
  unshare: string;
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
  /** A folder with the socket of the proxy. */
  proxy?: string;
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

const inOwnMounts = ({ unshare, shell }: Tools, script: string, folder: string): string[] => [
  unshare,
  '--user',
  '--map-root-user',
  '--mount',
  '--',
  shell,
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
    ...inOwnMounts(tools, LAYER, stage.folder),
    tools.bwrap,
    '--unshare-all',
    '--unshare-user',
    '--disable-userns',
    ...['--cap-drop', 'ALL'],
    ...['--uid', String(process.getuid?.() ?? 0), '--gid', String(process.getgid?.() ?? 0)],
    '--die-with-parent',
    '--hostname',
    'sandbox',
    ...(view.filtered ? ['--seccomp', '3'] : []),
    ...['--proc', '/proc', '--dev', '/dev', '--dir', '/run', '--dir', '/var'],
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
    ...(view.proxy === undefined ? [] : ['--ro-bind', view.proxy, PROXY_FOLDER]),
    ...['--remount-ro', '/', '--chdir', view.folder, '--'],
  ];
}

/** Where commands find the socket of the proxy. */
export const PROXY_FOLDER = '/run/proxy';
