import { dirname } from 'node:path';
import type { Readable } from '../readable.ts';
import { anyCase, plain, quoted } from './patterns.ts';
import { BASE, DEVICES, SYSTEM_FOLDERS, SYSTEM_HIDDEN, SYSTEM_LINKS } from './system.ts';

/** What of the workspace a command may write, beside what builds make. */
export interface Writable {
  /** Expressions for whole paths. */
  files: readonly string[];
  /** Expressions for folders that may be made on the way. */
  folders: readonly string[];
  /** Files by their names. */
  named: readonly string[];
}

/** What builds make, by whole paths. */
export interface BuildPlaces {
  /** Expressions for what is yet to be made. */
  usual: readonly string[];
  /** Named as results of builds mostly are, and none. */
  kept: readonly string[];
  /** Those that are there. */
  there: readonly string[];
}

/** What is held sees and may do; every path is a real one, without links in it. */
export interface SeatbeltView {
  /** A home and a folder for temporary files of its own. */
  own: { home: string; temporary: string };
  readable: Readable;
  /** Read beside that. */
  reads: readonly string[];
  /** Folders and files that it may write as it likes. */
  writes: readonly string[];
  /** Below which nothing of a repository or of ours may be written. */
  root: string;
  builds?: BuildPlaces;
  writable?: Writable;
  /** Neither read nor written. */
  closed: readonly string[];
  /** Read, and not written. */
  fixed: readonly string[];
  /** Ports of this machine that it may reach. */
  ports: readonly number[];
}

const OURS = ['.git', '.hg', '.svn', '.jj', '.orchestrate'].map(anyCase);

/** The profile as `sandbox-exec` takes it: nothing is allowed that no line allows, and the last line that fits decides. */
export function seatbeltProfile(view: SeatbeltView): string {
  const { own, readable, root, builds, writable } = view;
  const reads = [
    ...SYSTEM_FOLDERS,
    ...readable.mounts.flatMap(({ source, target }) => [source, target]),
    ...view.reads,
    ...view.writes,
    ...[own.home, own.temporary, root],
  ];
  const hidden = [...SYSTEM_HIDDEN, ...readable.hidden.map(({ path }) => path)];
  const sealed = [...view.closed, ...view.fixed];
  return [
    BASE,
    '; what it reads',
    rule('allow file-read*', below([...new Set(reads)].filter(isNamed))),
    rule('allow file-read-metadata', literals([...ancestors(reads), ...SYSTEM_LINKS])),
    DEVICES,
    rule('deny file-read*', below(hidden.filter(isNamed))),
    '; what it writes',
    rule('allow file-write*', below([own.home, own.temporary, ...view.writes])),
    ...(builds
      ? [
          rule('allow file-write*', expressions(builds.usual)),
          rule('deny file-write*', below(builds.kept)),
          rule('allow file-write*', below(builds.there)),
        ]
      : []),
    ...(writable
      ? [
          rule('allow file-write*', [...expressions(writable.files), ...literals(writable.named)]),
          ...writable.folders.map(
            each => `(allow file-write-create (require-all (vnode-type DIRECTORY) ${expression(each)}))`,
          ),
        ]
      : []),
    '; what it never does, whatever was said before',
    rule('deny file-write*', expressions(OURS.map(name => `^${plain(root)}/(.*/)?${name}(/.*)?$`))),
    rule('deny file-read*', expressions([`^${plain(root)}/${anyCase('.orchestrate')}(/.*)?$`])),
    rule('deny file-read* file-write*', below(view.closed)),
    rule('deny file-write*', below(view.fixed)),
    '; what it may not read or write stays where it is, and so does what lies around it',
    rule('deny file-write-unlink', literals([root, ...ancestors(sealed).filter(path => path.startsWith(`${root}/`))])),
    '(deny file-write-setugid)',
    '(deny file-link)',
    '; whom it reaches',
    ...view.ports.map(port => `(allow network-outbound (remote ip "localhost:${port}"))`),
    ...[own.temporary, own.home].flatMap(path => [
      `(allow network-bind (local unix-socket (subpath ${named(path)})))`,
      `(allow network-outbound (remote unix-socket (subpath ${named(path)})))`,
    ]),
    '',
  ]
    .filter(line => line !== undefined)
    .join('\n');
}

/** A rule for nothing would be one for everything. */
const rule = (what: string, filters: readonly string[]): string | undefined =>
  filters.length === 0 ? undefined : `(${what}\n  ${filters.join('\n  ')})`;

const isNamed = (path: string) => quoted(path) !== undefined;

/** What cannot be said must not be left out: whatever would be closed would be open. */
function named(path: string): string {
  const text = quoted(path);
  if (text === undefined) throw new Error(`no profile can name ${JSON.stringify(path)}`);
  return text;
}

const below = (paths: readonly string[]) => paths.map(path => `(subpath ${named(path)})`);
const literals = (paths: readonly string[]) => [...new Set(paths)].map(path => `(literal ${named(path)})`);
const expression = (text: string) => `(regex #"${text}")`;
const expressions = (texts: readonly string[]) => texts.map(expression);

function ancestors(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths)
    for (let at = dirname(path); at !== '/' && at !== '.' && !found.has(at); at = dirname(at)) found.add(at);
  return [...found].filter(isNamed).sort();
}
