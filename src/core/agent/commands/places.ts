import type { RelPath } from '../../../protocol/ids.ts';
import { actsBy } from '../../acting-files.ts';
import { checkRelPath, parsePath } from '../../paths.ts';
import { type Disk, folded, unseenDisk } from './disk.ts';
import { expand } from './expand.ts';
import type { Arg, Standing } from './simple.ts';
import { atStart } from './standing.ts';

/** Where a word leads if it is taken as a path, from the gravest to the most harmless. */
const PLACES = [
  'device',
  'secret',
  /** Git's folder, or our own. */
  'protected',
  'outside',
  /** Only known when it runs. */
  'unknown',
  /** In the workspace, and no secret. */
  'inside',
] as const;
export type Place = (typeof PLACES)[number];

/** What the policy must know of the workspace. */
export interface Workspace {
  /** Absolute paths of its folders. */
  roots: readonly string[];
  /** Absent: paths are judged by their text alone. */
  disk?: Disk;
  /** The folder in which the line begins; absent: the workspace's own. */
  folder?: RelPath | undefined;
  /** Where the command in question stands, seen from there. */
  at?: Standing;
  /** Whether the operating system holds what is run. */
  held?: boolean;
  /** Which files it may change; absent: none. */
  claims?: ((path: RelPath) => boolean) | undefined;
  /** Absent where others run it, in a place of theirs. */
  own?: OwnRuns | undefined;
  /** What is found out about the whole line. */
  line?: LineNotes;
}

/** Commands that we run ourselves: what they leave running is ended, and what they changed in their claim is reviewed. */
export interface OwnRuns {
  /** When the session began. What has changed since may be an agent's work. */
  began: number;
  /** Whether a person has accepted all that agents wrote in it. */
  accepted(path: RelPath): boolean;
}

/** Files that a line is known to write, and programs of the workspace that it starts. */
export interface LineNotes {
  written: Set<RelPath>;
  started: Set<RelPath>;
}

const harmlessDevices = new Set(['/dev/null', '/dev/stdin', '/dev/stdout', '/dev/stderr']);
/** Whose content is as good as a password. */
const secretPlaces =
  /^\/(etc\/(shadow|gshadow|sudoers|ssh|ssl\/private)|proc\/[^/]+\/(environ|mem|maps|cmdline|fd|root|cwd)|root|var\/run\/secrets|run\/secrets)(\/|$)/;
const home = /^(~|\$\{?HOME\}?|\$\{?USERPROFILE\}?|%USERPROFILE%)/i;

/** Judges a word as a path: by its text, and by where it leads on disk from where the command stands. */
export function placeOf(arg: Arg, workspace: Workspace): Place {
  const { text } = arg;
  if (harmlessDevices.has(text)) return 'inside';
  if (/^\/dev(\/|$)/.test(text)) return 'device';
  const written = parsePath(text, workspace.roots);
  const reason = written.ok ? undefined : written.reason;
  if (isSecret(text) || reason === 'secret-file') return 'secret';
  if (reason === 'protected') return 'protected';
  if (home.test(text) || (/^[A-Za-z]:/.test(text) && reason === 'outside-workspace')) return 'outside';
  if (!arg.fixed) return text.startsWith('/') || reason === 'outside-workspace' ? 'outside' : 'unknown';
  if (reason === 'invalid') return 'unknown';
  if (arg.glob && !workspace.disk && !safeGlob(text)) return 'unknown';
  const reals = realsOf(arg, workspace);
  if (!reals) return reason === 'outside-workspace' ? 'outside' : 'unknown';
  return gravest(reals.map(real => placeOfReal(real, workspace)));
}

const gravest = (places: Place[]): Place => PLACES.find(place => places.includes(place)) ?? 'inside';

function placeOfReal(real: string | undefined, workspace: Workspace): Place {
  if (real === undefined) return 'unknown';
  const inside = diskOf(workspace).inside(real);
  if (inside === '') return 'inside';
  if (inside === undefined) return isSecret(real) ? 'secret' : /^\/dev\//.test(real) ? 'device' : 'outside';
  const checked = checkRelPath(inside);
  if (checked.ok) return 'inside';
  return checked.reason === 'secret-file' ? 'secret' : checked.reason === 'protected' ? 'protected' : 'unknown';
}

/** The workspace's own folder or one above it, by whatever way. */
export function isRoot(arg: Arg, workspace: Workspace): boolean {
  const { root } = diskOf(workspace);
  return (
    realsOf(arg, workspace)?.some(
      real => real !== undefined && `${root}/`.startsWith(real === '/' ? real : `${real}/`),
    ) === true
  );
}

/** Whether there is a folder at the end of the word, or may be. */
export function mayBeFolder(arg: Arg, workspace: Workspace): boolean {
  const { disk } = workspace;
  return (
    disk !== undefined &&
    (realsOf(arg, workspace)?.some(real => real === undefined || disk.names(real) !== undefined) ?? true)
  );
}

/** Whether a pattern may stand for a name that begins like an option. */
export function mayBeOption(arg: Arg, workspace: Workspace): boolean {
  if (!arg.glob || !/^[*?[]/.test(arg.text)) return false;
  const { disk } = workspace;
  const folders = disk && foldersOf(workspace);
  return !folders?.every(folder => disk?.names(folder)?.every(name => !name.startsWith('-')));
}

/** The file by which tools run something that a write to this word would change, or may. */
export function actingTarget(arg: Arg, workspace: Workspace): { path: RelPath; says: string } | undefined {
  const disk = diskOf(workspace);
  const written = parsePath(arg.text, workspace.roots);
  const reals = (realsOf(arg, workspace) ?? []).flatMap(real => (real === undefined ? [] : (disk.inside(real) ?? [])));
  // Into a folder it is written under a name of its own.
  for (const path of [...reals, ...(written.ok ? [written.path] : [])])
    for (const each of [path, `${path}/file`]) {
      const says = actsBy(each);
      if (says) return { path, says };
    }
  return undefined;
}

/** Whether the word is the name of something that is there. */
export function isThere(arg: Arg, workspace: Workspace): boolean {
  const { disk } = workspace;
  return disk !== undefined && realsOf(arg, workspace)?.some(real => real !== undefined && disk.exists(real)) === true;
}

/** The one file of the workspace that a word names, no link on the way there; undefined for all else. */
export function ownPath(arg: Arg, workspace: Workspace): RelPath | undefined {
  const { disk } = workspace;
  if (!disk || !arg.fixed || arg.glob || placeOf(arg, workspace) !== 'inside') return undefined;
  const [folder, other] = foldersOf(workspace) ?? [];
  if (folder === undefined || other !== undefined) return undefined;
  const real = disk.follow(folder, arg.text);
  const path = real === undefined || real !== folded(folder, arg.text) ? undefined : disk.inside(real);
  return path === '' ? undefined : path;
}

/** Where that file lies. */
export const absolute = (path: RelPath, workspace: Workspace) => `${diskOf(workspace).root}/${path}`;

/** Whether git finds a repository from wherever the command may stand; not seen where nobody looks at the disk. */
export function inRepository(workspace: Workspace): boolean {
  const { disk } = workspace;
  if (!disk) return true;
  const folders = foldersOf(workspace) ?? [];
  return folders.length > 0 && folders.every(folder => above(folder).some(each => disk.exists(`${each}/.git`)));
}

/** The folder and all above it. */
export const above = (folder: string): string[] =>
  folder.split('/').map((_, at, parts) => parts.slice(0, parts.length - at).join('/'));

const diskOf = ({ disk, roots }: Workspace): Disk => disk ?? unseenDisk(roots[0] ?? '/');

/** All that a word can stand for, seen from everywhere the command may stand; undefined is what nobody can tell. */
function realsOf(arg: Arg, workspace: Workspace): (string | undefined)[] | undefined {
  const disk = diskOf(workspace);
  const folders = /^([/\\]|[A-Za-z]:[/\\])/.test(arg.text) ? ['/'] : foldersOf(workspace);
  if (!folders) return undefined;
  const reals: (string | undefined)[] = [];
  for (const folder of folders) {
    // A pattern that nothing matches stands for its own text.
    reals.push(disk.follow(folder, arg.text), ...(arg.glob ? expand(disk, folder, arg.text) : []));
  }
  return reals;
}

/** The folders in which the command may stand, links followed. */
export function foldersOf(workspace: Workspace): string[] | undefined {
  const disk = diskOf(workspace);
  const { at = atStart, folder = '.' } = workspace;
  const begin = disk.follow(disk.root, folder);
  if (at === 'unknown' || begin === undefined) return undefined;
  const found = new Set<string>();
  for (const way of at) {
    const ends = walked(disk, begin, way);
    if (!ends) return undefined;
    for (const end of ends) found.add(end);
  }
  return [...found];
}

const MAX_FOLDERS = 32;

/** `cd l/..` means the folder of the link to one shell and the folder above its target to another: both count. */
function walked(disk: Disk, begin: string, way: readonly string[]): string[] | undefined {
  let here = [{ real: begin, named: begin }];
  for (const word of way) {
    const next = new Map<string, { real: string; named: string }>();
    for (const { real, named } of here) {
      const byName = folded(named, word);
      for (const step of [
        { real: disk.follow('/', byName), named: byName },
        { real: disk.follow(real, word), named: disk.follow(real, word) },
      ]) {
        if (step.real === undefined || step.named === undefined) return undefined;
        if (!next.has(step.real)) next.set(step.real, { real: step.real, named: step.named });
      }
    }
    here = [...next.values()];
    if (here.length > MAX_FOLDERS) return undefined;
  }
  return here.map(({ real }) => real);
}

/** Secret by its name, wherever it is. */
function isSecret(text: string): boolean {
  if (secretPlaces.test(text)) return true;
  const rest = text.replaceAll('\\', '/').replace(/^([A-Za-z]:)?\/+|^~[^/]*\/|^\$\{?\w+\}?\//, '');
  const found = checkRelPath(rest);
  return !found.ok && found.reason === 'secret-file';
}

/** A glob that no secret's name can match: it ends in the extension of ordinary text, and asks for no hidden name. */
function safeGlob(text: string): boolean {
  const segments = text.split('/');
  const last = segments.at(-1) ?? '';
  const dotted = segments.some(segment => segment.startsWith('.') && /[*?[]/.test(segment));
  return (
    !dotted &&
    /\.(c|cc|cpp|cs|css|go|h|hpp|html|java|js|jsx|kt|less|lua|md|mjs|cjs|php|py|rb|rs|scss|sh|sql|svelte|swift|ts|tsx|txt|vue)$/.test(
      last,
    ) &&
    !/^secret|credential/i.test(last)
  );
}

/** More parts than this are not looked at one by one. */
const MAX_PARTS = 32;

/** The parts of a word that a command may take for a path: `--file=x`, `@x`, `HEAD@{0}:x`, `:(top)x`, `a,b`, `-fx`. */
export function pathsIn(arg: Arg): Arg[] {
  const texts = new Set([arg.text]);
  if (!/^[A-Za-z]:[\\/]/.test(arg.text)) {
    const cuts = [...arg.text.matchAll(/[=@:,]/g)].map(({ index }) => index);
    if (cuts.length > MAX_PARTS) return [{ ...arg, fixed: false }];
    for (const [i, cut] of cuts.entries()) {
      texts.add(arg.text.slice(cut + 1));
      texts.add(arg.text.slice((cuts[i - 1] ?? -1) + 1, cut));
      texts.add(arg.text.slice(cut + 1, cuts[i + 1]));
    }
  }
  if (/^-[A-Za-z]./.test(arg.text)) texts.add(arg.text.slice(2));
  // The magic of git's own paths.
  for (const text of [...texts])
    if (/^(\([^)]*\)|[/!^]+)./.test(text)) texts.add(text.replace(/^(\([^)]*\)|[/!^]+)/, ''));
  texts.delete('');
  return [...texts].map(text => ({ ...arg, text }));
}
