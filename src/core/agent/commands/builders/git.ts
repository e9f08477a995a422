import type { Calling } from '../options.ts';

/** Verifying a signature runs a program; a name that is not git's own may stand for doing so. */
const formatText =
  /^(oneline|short|medium|full|fuller|reference|email|raw|mboxrd|(?!.*(%G|signature))(t?format:)?[^\n]*%[^\n]*)$/;
const anyText = /^(?!-)[^\n]+$/;
const anything = /^[^\n]+$/;

const digits = Object.fromEntries([...'0123456789'].map(digit => [`-${digit}`, /^\d*$/]));

/**
 * What log, show and diff share: all but what writes a file, runs a program, looks outside of the repository or shows
 * the content of files that are treated as binary because they may hold secrets.
 */
const differences: Calling = {
  flags:
    '-p -u --patch -s --no-patch --raw --patch-with-stat --numstat --shortstat --summary --compact-summary --name-only --name-status ' +
    '--no-color --color-words --no-renames --ignore-space-at-eol --ignore-space-change --ignore-all-space ' +
    '--ignore-blank-lines --exit-code --quiet --check --full-index --minimal --patience --histogram --function-context ' +
    '--no-prefix --no-ext-diff --no-textconv --cached --staged --pickaxe-all --pickaxe-regex --cc -c -m',
  letters: 'puwbzMCRFiEnvlqsW',
  choice: { '-S -G': anyText, '-U -n': /^\d+$/, '--diff-filter': /^[A-Za-z]+$/, '--diff-algorithm': /^[a-z]+$/ },
  attached: {
    ...digits,
    '-U -n': /^\d+$/,
    '-M -C -B': /^\d+%?$/,
    '-S -G': anything,
    '--unified --inter-hunk-context --abbrev --max-count --skip': /^\d+$/,
    '--stat --stat-width --stat-count --dirstat': /^[\d,a-z]*$/,
    '--find-renames --find-copies': /^\d*%?$/,
    '--color --color-moved --word-diff --diff-algorithm --ws-error-highlight --ignore-submodules': /^[a-z,-]+$/,
    '--diff-filter': /^[A-Za-z]+$/,
    '--relative': /^(?!\/)(?!.*\.\.)[\w./-]*$/,
  },
  operands: 'revisions',
};

const history: Calling = {
  ...differences,
  flags:
    `${differences.flags} --oneline --graph --all --merges --no-merges --first-parent --follow --reverse --root --topo-order ` +
    '--date-order --author-date-order --abbrev-commit --no-abbrev-commit --no-decorate --full-history --no-notes --ancestry-path ' +
    '--simplify-merges --cherry-pick --left-right --boundary --no-walk --invert-grep --all-match --regexp-ignore-case ' +
    '--fixed-strings --extended-regexp --perl-regexp --parents --children --source --walk-reflogs -g --count --tags --branches --remotes',
  number: '--max-count --skip',
  choice: {
    ...differences.choice,
    '--since --until --after --before --author --committer --grep': anyText,
    '--format --pretty': formatText,
    '-L': anyText,
  },
  attached: {
    ...differences.attached,
    '--since --until --after --before --author --committer --grep --date --tags --branches --remotes': anything,
    '--format --pretty': formatText,
    '--decorate': /^[a-z]+$/,
    '-L': anything,
  },
};

/** Subcommands of git that only read. */
export const gitReaders: Record<string, Calling> = {
  status: {
    flags: '--short --branch --long --show-stash --no-renames --no-ahead-behind --ahead-behind',
    letters: 'sbvz',
    attached: {
      '--porcelain': 'v1 v2 1 2',
      '--untracked-files -u': 'no normal all',
      '--ignored': 'traditional no matching',
      '--ignore-submodules': 'all dirty untracked none',
      '--column': /^[a-z,]+$/,
    },
    operands: 'revisions',
  },
  log: history,
  whatchanged: history,
  show: history,
  diff: differences,
  shortlog: { letters: 'snec', flags: '--summary --numbered --email --all --no-merges', operands: 'revisions' },
  blame: {
    flags: '--porcelain --line-porcelain --show-name --show-number --show-email --root',
    letters: 'wMCslefntpcb',
    choice: { '-L': anyText },
    attached: { '-L': anything, '--since --date --abbrev': anything },
    operands: 'revisions',
  },
  'rev-parse': {
    flags:
      '--show-toplevel --verify --is-inside-work-tree --is-bare-repository --git-dir --show-prefix --symbolic-full-name --quiet -q',
    attached: { '--abbrev-ref': 'strict loose', '--short': /^\d+$/ },
    operands: 'revisions',
  },
  'rev-list': history,
  'ls-files': {
    flags:
      '--cached --others --modified --deleted --exclude-standard --stage --full-name --error-unmatch --ignored --unmerged --directory',
    letters: 'comdzitus',
    operands: 'revisions',
  },
  'ls-tree': {
    flags: '--name-only --name-status --full-tree --full-name --long',
    letters: 'rtdlz',
    operands: 'revisions',
  },
  describe: {
    flags: '--tags --always --long --all --exact-match --contains',
    attached: { '--abbrev --candidates': /^\d+$/, '--match --exclude': anything, '--dirty --broken': /^[\w.-]+$/ },
    choice: { '--match --exclude': anyText },
    operands: 'revisions',
  },
  'merge-base': { flags: '--all --is-ancestor --fork-point --octopus', operands: 'revisions' },
  'name-rev': { flags: '--tags --name-only --all --always', operands: 'revisions' },
  'check-ignore': { letters: 'vqn', flags: '--verbose --quiet --non-matching', operands: 'revisions' },
  branch: {
    flags: '--list --all --remotes --show-current --verbose --no-color',
    letters: 'arv',
    choice: { '--contains --no-contains --points-at': anyText, '--sort': /^-?[\w:]+$/, '--format': formatText },
    attached: { '--merged --no-merged --contains --sort': anything, '--format': formatText },
  },
  tag: {
    flags: '-l --list -n',
    choice: { '--contains --no-contains --points-at': anyText, '--sort': /^-?[\w:]+$/, '--format': formatText },
    attached: { '-n': /^\d+$/, '--list --merged --contains --points-at --sort': anything, '--format': formatText },
  },
  grep: {
    flags:
      '--line-number --ignore-case --word-regexp --count --name-only --files-with-matches --fixed-strings --extended-regexp ' +
      '--perl-regexp --heading --break --show-function --invert-match --no-color --all-match --column',
    letters: 'niwclFEPhHvLW',
    number: '--max-depth',
    choice: { '-e': anyText, '-A -B -C': /^\d+$/, '--and --or --not': /^(?!)/ },
    attached: { '-A -B -C': /^\d+$/ },
    operands: 'revisions',
  },
  remote: { flags: '-v --verbose' },
  version: { flags: '--build-options' },
};
