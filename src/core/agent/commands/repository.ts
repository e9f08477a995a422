import type { Disk } from './disk.ts';
import { above, foldersOf, type Workspace } from './places.ts';

/** Why git is not called unasked from where the command stands; undefined where nothing speaks against it. */
export function oddRepository(workspace: Workspace): string | undefined {
  const { disk } = workspace;
  if (!disk) return undefined;
  const folders = foldersOf(workspace);
  if (!folders) return 'In which folder git runs is only known when it does.';
  for (const folder of folders) {
    const why = oddFrom(folder, disk);
    if (why) return why;
  }
  return undefined;
}

/** Git takes the first repository it finds on its way up. */
function oddFrom(folder: string, disk: Disk): string | undefined {
  for (const at of above(folder)) {
    if (disk.exists(`${at}/.git`)) return oddSettings(at, disk);
    if (isBare(at, disk))
      return `"${disk.inside(at) ?? at}" has the insides of a repository, which may have come with the files.`;
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
    const program = programIn(file, disk);
    if (program) return `The repository's settings name a program that git would run (${program}).`;
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
  /^(diff\.external|diff\..*\.(command|textconv)|filter\..*\.(clean|smudge|process)|gpg\.(.*\.)?program)$/;
/** As its installer writes it; it is found where every program is. */
const largeFiles = /^git-lfs (clean -- %f|smudge (--skip )?-- %f|filter-process( --skip)?)$/;

/** What git would reach with, to fetch a file that a partial clone lacks. */
const reaching = /^(core\.(sshcommand|gitproxy)|remote\..*\.(uploadpack|vcs)|protocol\..*|credential\.(.*\.)?helper)$/;
const lacking = /^(remote\..*\.promisor|extensions\.partialclone)$/;

function programIn(file: string, disk: Disk): string | undefined {
  if (!disk.exists(file)) return undefined;
  const text = disk.text(file);
  // Nobody writes settings that long.
  if (text === undefined) return file;
  const settings = [...settingsIn(text)];
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
