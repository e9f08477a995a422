import type { Disk } from './disk.ts';
import { above, foldersOf, type Workspace } from './places.ts';

/**
 * Why git is not called unasked from where the command stands; undefined where nothing speaks against it. With `parts`, git
 * would go into the repositories within it as well, to see whether anything is changed there.
 */
export function oddRepository(workspace: Workspace, parts = false): string | undefined {
  const { disk } = workspace;
  if (!disk) return undefined;
  const folders = foldersOf(workspace);
  if (!folders) return 'In which folder git runs is only known when it does.';
  for (const folder of folders) {
    const why = oddFrom(folder, disk, parts);
    if (why) return why;
  }
  return undefined;
}

/** Git takes the first repository it finds on its way up. */
function oddFrom(folder: string, disk: Disk, parts: boolean): string | undefined {
  for (const at of above(folder)) {
    if (disk.exists(`${at}/.git`)) return oddSettings(at, disk) ?? (parts ? oddPart(at, disk, MAX_PARTS) : undefined);
    if (isBare(at, disk))
      return `"${disk.inside(at) ?? at}" has the insides of a repository, which may have come with the files.`;
  }
  return undefined;
}

/** More repositories in one than this are not looked at. */
const MAX_PARTS = 100;

/** The same for the repositories within one, at any depth: each has settings of its own. */
function oddPart(folder: string, disk: Disk, most: number): string | undefined {
  const unknown = `Which repositories there are in "${disk.inside(folder) || folder}" cannot be told.`;
  const open = [folder];
  let seen = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const listed = disk.git(at, ['ls-files', '--stage', '--full-name', '-z', ':/']);
    if (!listed) return unknown;
    for (const [, name = ''] of listed.text.matchAll(/(?:^|\0)160000 [^\0\t]*\t([^\0]+)/g)) {
      const part = disk.follow(at, name);
      if (part === undefined || ++seen > most) return unknown;
      if (!disk.exists(`${part}/.git`)) continue;
      const why = oddSettings(part, disk);
      if (why) return why;
      open.push(part);
    }
  }
  return undefined;
}

const isBare = (folder: string, disk: Disk) =>
  disk.exists(`${folder}/HEAD`) && (disk.exists(`${folder}/objects`) || disk.exists(`${folder}/commondir`));

function oddSettings(folder: string, disk: Disk): string | undefined {
  const own = insidesOf(folder, disk);
  const shared = own && commonOf(own, disk);
  if (!own || !shared) return `Which repository "${folder}/.git" means cannot be told.`;
  for (const file of [`${shared}/config`, `${own}/config.worktree`]) {
    const found = disk.exists(file) ? settingsOf(file, disk) : [];
    const program = found ? programIn(found, file, disk) : file;
    if (program) return `The repository's settings name a program that git would run (${program}).`;
    const elsewhere = found?.find(([key, value]) => key === 'core.worktree' && !leadsTo(disk, own, value, folder));
    if (elsewhere)
      return `The repository's settings say that its files are elsewhere (core.worktree = ${elsewhere[1]}).`;
  }
  return undefined;
}

function insidesOf(folder: string, disk: Disk): string | undefined {
  const entry = disk.follow(folder, '.git');
  if (entry === undefined || disk.names(entry)) return entry;
  const to = /^gitdir: (.+?)\r?\n?$/.exec(disk.text(entry) ?? '')?.[1];
  return to === undefined ? undefined : disk.follow(folder, to);
}

/** Working trees share what stands in the repository they were made from. */
function commonOf(own: string, disk: Disk): string | undefined {
  if (!disk.exists(`${own}/commondir`)) return own;
  const to = disk.text(`${own}/commondir`)?.trim();
  return to === undefined ? undefined : disk.follow(own, to);
}

/** What the settings can only say by the name of a driver, so that no setting from outside takes it back. */
const programs =
  /^(diff\.external|diff\..*\.(command|textconv)|filter\..*\.(clean|smudge|process)|gpg\.(.*\.)?program|lfs\.(extension|customtransfer)\..*)$/;
/** As its installer writes it; it is found where every program is. */
const largeFiles = /^git-lfs (clean -- %f|smudge (--skip )?-- %f|filter-process( --skip)?)$/;

/** What git would reach with, to fetch a file that a partial clone lacks. */
const reaching = /^(core\.(sshcommand|gitproxy)|remote\..*\.(uploadpack|vcs)|protocol\..*|credential\.(.*\.)?helper)$/;
const lacking = /^(remote\..*\.promisor|extensions\.partialclone)$/;

type Settings = readonly (readonly [key: string, value: string])[];

/** Undefined where they cannot be read; nobody writes settings that long. */
function settingsOf(file: string, disk: Disk): Settings | undefined {
  const text = disk.text(file);
  return text === undefined ? undefined : [...settingsIn(text)];
}

const leadsTo = (disk: Disk, from: string, path: string, folder: string) => {
  const real = disk.follow(from, path);
  return real !== undefined && real === disk.follow(folder, '.');
};

function programIn(settings: Settings, file: string, disk: Disk): string | undefined {
  const fetches = settings.some(([key]) => lacking.test(key));
  for (const [key, value] of settings) {
    if (fetches && reaching.test(key)) return key;
    if (programs.test(key) && !largeFiles.test(value)) return key;
    // Such a file is not the person's alone.
    const included = /^include(if\..*)?\.path$/.test(key)
      ? disk.follow(file.replace(/\/[^/]*$/, ''), value)
      : undefined;
    if (included !== undefined && disk.inside(included) !== undefined) return `${key} = ${value}`;
  }
  return undefined;
}

/** The settings of a file in git's own format, keys in small letters: rather one too many than one too few. */
function* settingsIn(text: string): Generator<[key: string, value: string]> {
  let section = '';
  for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    const head = /^\s*\[\s*([^\s"\]]+)\s*("(?:[^"\\]|\\.)*")?\s*\]/.exec(line);
    if (head) section = `${head[1]}${head[2] ? `.${head[2].slice(1, -1)}` : ''}`.toLowerCase();
    const rest = head ? line.slice(head[0].length) : line;
    const [, key, value = ''] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*?)\s*)?$/.exec(rest) ?? [];
    if (key) yield [`${section}.${key.toLowerCase()}`, value.replace(/^"(.*)"$/, '$1')];
  }
}
