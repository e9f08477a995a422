import { gitReaders } from './builders/git.ts';
import { gitParts } from './forbid-git.ts';
import { isSecretName, secretShown } from './git-shows.ts';
import { judgeCalling } from './options.ts';
import { foldersOf, inRepository, isThere, pathsIn, placeOf, type Workspace } from './places.ts';
import { oddRepository } from './repository.ts';
import type { Simple } from './simple.ts';
import { allowed, ask, type Finding, never } from './verdict.ts';

const globalOptions = /^(--no-pager|-P|--no-optional-locks|--literal-pathspecs|--version)$/;

/** These look whether anything is changed in the repositories within one. */
const entersParts = /^(status|diff|describe)$/;

/** Judges git commands that only read. */
export function judgeGit(command: Simple, workspace: Workspace): Finding {
  const { verb, rest, options } = gitParts(command);
  const args = command.args.slice(1);
  const no = (why: string) => ask('git', `${why} Reading is done with git status, log, show, diff and blame.`);
  const odd = options.find(option => !globalOptions.test(option));
  if (odd) return no(`"git ${odd}" can run anything.`);
  if (verb === '' && options.length > 0) return allowed;
  const reader = Object.hasOwn(gitReaders, verb) ? gitReaders[verb] : undefined;
  if (!reader) return no(`"git ${verb}" changes things, or is not known.`);
  // Git has globs of its own, which no shell takes away.
  if (!args.every(arg => arg.fixed && !arg.glob)) return no('What git is asked for is only known when it runs.');
  const places = args
    .flatMap(pathsIn)
    .filter(part => !part.text.startsWith('-'))
    .map(part => placeOf(part, workspace));
  if (places.includes('secret'))
    return never(
      'reads-secret',
      'Files that hold secrets are not shown, in no version of them. Ask the user for what you need to know.',
    );
  if (places.some(place => place === 'outside' || place === 'device' || place === 'unknown'))
    return no('It names something outside the workspace, or where nobody can tell.');
  const elsewhere = oddRepository(workspace, entersParts.test(verb));
  if (elsewhere) return no(elsewhere);
  const beyond = readsBeyond(verb, rest, workspace);
  if (beyond) return no(beyond);
  const found = judgeCalling(args.slice(args.length - rest.length), reader, workspace);
  if (found !== allowed) return no(found.advice);
  const secret = secretShown(verb, rest, workspace);
  if (secret === undefined) return allowed;
  return secret === 'unknown'
    ? no('Which files it shows takes too long to find out. Name files after "--", or limit it with -3.')
    : no(`It would show "${secret}", which may hold secrets. Name other files after "--".`);
}

const objectId = /^[0-9a-f]{4,64}(\.\.\.?[0-9a-f]{4,64})?$/i;

/** Ways to content that no path names. */
function readsBeyond(verb: string, rest: string[], workspace: Workspace): string | undefined {
  if (verb === 'grep') return searchesSecrets(rest, workspace);
  if (verb !== 'show' && verb !== 'diff') return undefined;
  const id = rest.find(text => objectId.test(text));
  if (id) return `"${id}" may be the id of any file's content. Write "${id.split('.')[0]}^0" where it is a commit.`;
  // Without a repository, or beside one, it compares whole folders, whatever lies in them.
  if (verb === 'diff' && (!inRepository(workspace) || rest.some(text => text.startsWith('/dev/'))))
    return 'Outside of a repository "git diff" reads any file.';
  return undefined;
}

/** It looks through all that git keeps, at any time, of these folders. */
function searchesSecrets(rest: readonly string[], workspace: Workspace): string | undefined {
  const { disk } = workspace;
  const [, ...where] = rest.filter(text => !text.startsWith('-'));
  // A word beside the pattern may be a commit, and files have stood there that are gone.
  if (!where.every(text => isThere({ text, fixed: true, glob: false, runs: [] }, workspace)))
    return 'It names more than a pattern and files that are there.';
  const folders = disk && inRepository(workspace) ? foldersOf(workspace) : undefined;
  const answers = folders?.map(folder => disk?.git(folder, ['ls-files', '-z'])) ?? [undefined];
  if (!answers.every(answer => answer?.ok)) return 'Nobody can tell which files it would look through.';
  const secret = answers.flatMap(answer => answer?.text.split('\0') ?? []).find(isSecretName);
  return secret === undefined ? undefined : `It would look into "${secret}", which may hold secrets.`;
}
