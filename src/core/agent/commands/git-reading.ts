import { gitReaders } from './builders/git.ts';
import { gitParts } from './forbid-git.ts';
import { judgeCalling } from './options.ts';
import { pathsIn, placeOf, type Workspace } from './places.ts';
import type { Simple } from './simple.ts';
import { allowed, ask, type Finding } from './verdict.ts';

const globalOptions = /^(--no-pager|-P|--no-optional-locks|--literal-pathspecs|--version)$/;

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
  if (
    args.some(arg =>
      pathsIn(arg).some(part => /^(outside|secret|device)$/.test(placeOf(part, workspace)) && !/^-/.test(part.text)),
    )
  )
    return no('It names something outside the workspace.');
  const found = judgeCalling(args.slice(args.length - rest.length), reader, workspace);
  return found === allowed ? allowed : no(found.advice);
}
