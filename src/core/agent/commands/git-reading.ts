import { gitParts } from './forbid-git.ts';
import { pathsIn, placeOf, type Workspace } from './places.ts';
import type { Simple } from './simple.ts';
import { allowed, ask, type Finding } from './verdict.ts';

const format =
  '-[pPuwbzMCRaFiEnvlqsS]+|-\\d+|-U\\d+|-n\\d+|-[SGL].*|--(oneline|graph|all|decorate|stat|shortstat|numstat|name-only|name-status|summary|patch|no-patch|' +
  'word-diff|color|no-color|unified|cached|staged|merges|no-merges|first-parent|follow|reverse|since|until|after|before|author|committer|grep|format|pretty|' +
  'date|abbrev-commit|abbrev|max-count|skip|no-renames|find-renames|diff-filter|ignore-all-space|ignore-space-change|check|exit-code|quiet|relative|raw|root|tags|branches|remotes)(=.*)?';

/** Subcommands that only read, the options they may have, and how many other words. */
const readers: Record<string, { options: RegExp; max?: number }> = {
  status: {
    options: /^(-[sbuz]+|-u(no|normal|all)|--(short|branch|porcelain|untracked-files|ignored|long|show-stash)(=\w+)?)$/,
  },
  log: { options: new RegExp(`^(${format})$`) },
  show: { options: new RegExp(`^(${format})$`) },
  diff: { options: new RegExp(`^(${format})$`) },
  shortlog: { options: /^-[snec]+$/ },
  blame: { options: /^(-[wMCslefntp]+|-L.*|--(porcelain|line-porcelain|since)(=.*)?)$/ },
  'rev-parse': {
    options:
      /^(--(abbrev-ref|short|show-toplevel|verify|is-inside-work-tree|git-dir|show-prefix|symbolic-full-name)(=\w+)?|-q)$/,
  },
  'rev-list': { options: new RegExp(`^(${format}|--count)$`) },
  'ls-files': {
    options: /^(-[comdzitus]+|--(cached|others|modified|deleted|exclude-standard|stage|full-name|error-unmatch))$/,
  },
  'ls-tree': { options: /^(-[rtdlz]+|--name-only|--full-tree|--full-name)$/ },
  describe: { options: /^--(tags|always|dirty|long|all|abbrev|match|exact-match)(=.*)?$/ },
  'merge-base': { options: /^--(all|is-ancestor|fork-point)$/ },
  'name-rev': { options: /^--(tags|name-only|all)$/ },
  'check-ignore': { options: /^-[vqn]+$/ },
  branch: {
    options: /^(-[arv]+|--(list|all|remotes|show-current|merged|no-merged|contains|sort|format)(=.*)?)$/,
    max: 0,
  },
  tag: { options: /^(-l|-n\d*|--(list|sort|contains|points-at|merged)(=.*)?)$/, max: 0 },
  remote: { options: /^(-v|--verbose)$/, max: 0 },
  version: { options: /^--build-options$/, max: 0 },
  whatchanged: { options: new RegExp(`^(${format})$`) },
};
const globalOptions = /^(--no-pager|-P|--no-optional-locks|--literal-pathspecs|--version)$/;

/** Judges git commands that only read. */
export function judgeGit(command: Simple, workspace: Workspace): Finding {
  const { verb, rest, options } = gitParts(command);
  const args = command.args.slice(1);
  const no = (why: string) => ask('git', `${why} Reading is done with git status, log, show, diff and blame.`);
  const odd = options.find(option => !globalOptions.test(option));
  if (odd) return no(`"git ${odd}" can run anything.`);
  if (verb === '' && options.length > 0) return allowed;
  const reader = Object.hasOwn(readers, verb) ? readers[verb] : undefined;
  if (!reader) return no(`"git ${verb}" changes things, or is not known.`);
  // Git has globs of its own, which no shell takes away.
  if (!args.every(arg => arg.fixed && !arg.glob && (arg.text.startsWith('-') || !/[*?[]|^:/.test(arg.text))))
    return no('What git is asked for is only known when it runs.');
  if (
    args.some(arg =>
      pathsIn(arg).some(part => /^(outside|secret|device)$/.test(placeOf(part, workspace)) && !/^-/.test(part.text)),
    )
  )
    return no('It names something outside the workspace.');
  const dashes = rest.indexOf('--');
  const before = dashes < 0 ? rest : rest.slice(0, dashes);
  const odder = before.find(text => text.startsWith('-') && !reader.options.test(text));
  if (odder) return no(`"${odder}" is not among the options that only read.`);
  const words = rest.filter(
    (text, i) => text !== '--' && (!text.startsWith('-') || (dashes >= 0 && i > dashes)),
  ).length;
  return words > (reader.max ?? Number.POSITIVE_INFINITY) ? no(`"git ${verb}" with a name changes things.`) : allowed;
}
