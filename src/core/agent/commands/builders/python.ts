import type { Calling } from '../options.ts';

const pytest: Calling = {
  flags:
    '--quiet --verbose --exitfirst --showlocals --no-showlocals --lf --last-failed --ff --failed-first --nf --new-first --sw ' +
    '--stepwise --stepwise-skip --sw-skip --collect-only --co --no-header --no-summary --disable-warnings --disable-pytest-warnings ' +
    '--strict --strict-markers --strict-config --doctest-modules --setup-show --setup-only --setup-plan --fixtures --markers ' +
    '--full-trace --noconftest --keep-duplicates --no-cov --no-cov-on-fail --cov-branch --runxfail --force-sugar --forked',
  letters: 'qvsxl',
  number: '--maxfail --durations --durations-min --timeout --reruns --reruns-delay --cov-fail-under --verbosity',
  text: '-k -m --deselect --ignore-glob',
  path: '--ignore',
  choice: {
    '--color': 'yes no auto',
    '--code-highlight': 'yes no',
    '--tb': 'auto long short line native no',
    '--import-mode': 'prepend append importlib',
    '--capture': 'fd sys no tee-sys',
    '--show-capture': 'no stdout stderr log all',
    '--dist': 'load loadscope loadfile loadgroup worksteal no each',
    '--cov-report': /^(term|term-missing)(:skip-covered)?$/,
    '--asyncio-mode': 'auto strict',
    '--lfnf --last-failed-no-failures': 'all none',
    '-n --numprocesses': /^(\d+|auto|logical)$/,
    '-p': /^no:[\w.-]+$/,
    '-r': /^[fEsxXpPwaAN]+$/,
  },
  attached: { '--cov': /^(?!\/)(?!.*\.\.)[\w./-]*$/, '-r': /^[fEsxXpPwaAN]+$/, '-n': /^(\d+|auto)$/ },
  operands: 'paths',
};

const mypy: Calling = {
  flags:
    '--strict --ignore-missing-imports --no-incremental --pretty --show-error-codes --hide-error-codes --show-error-context ' +
    '--show-column-numbers --show-error-end --show-absolute-path --no-error-summary --no-color-output --verbose -v ' +
    '--warn-unused-ignores --warn-unused-configs --warn-redundant-casts --warn-return-any --warn-unreachable ' +
    '--warn-no-return --disallow-untyped-defs --disallow-untyped-calls --disallow-incomplete-defs --disallow-any-generics ' +
    '--disallow-untyped-decorators --disallow-any-explicit --disallow-subclassing-any --check-untyped-defs --no-implicit-optional ' +
    '--no-implicit-reexport --strict-equality --extra-checks --namespace-packages --explicit-package-bases --no-site-packages ' +
    '--allow-redefinition --no-warn-no-return',
  choice: {
    '--follow-imports': 'normal silent skip error',
    '--python-version': /^\d+\.\d+$/,
    '--platform': 'linux darwin win32',
  },
  text: '--exclude',
  names: '-p --package -m --module --enable-error-code --disable-error-code',
  operands: 'paths',
};

const ruffCheck: Calling = {
  flags:
    '--quiet -q --verbose -v --silent -s --statistics --show-files --show-settings --no-cache -n --diff --preview --no-preview ' +
    '--exit-zero -e --exit-non-zero-on-fix --isolated --respect-gitignore --no-respect-gitignore --force-exclude --no-fix ' +
    '--no-unsafe-fixes --show-fixes',
  number: '--line-length',
  names: '--select --ignore --extend-select --extend-ignore --fixable --unfixable',
  text: '--exclude --extend-exclude --per-file-ignores',
  choice: {
    '--output-format': 'concise full json json-lines junit grouped github gitlab pylint rdjson azure sarif',
    '--target-version': /^py3\d+$/,
  },
  operands: 'paths',
};

const flake8: Calling = {
  flags: '--count --statistics --show-source --quiet -q --verbose -v --benchmark --isolated --doctests',
  number: '--max-line-length --max-complexity --max-doc-length --jobs -j --indent-size',
  names: '--select --ignore --extend-select --extend-ignore --exclude --extend-exclude --filename',
  text: '--per-file-ignores',
  choice: { '--color': 'auto always never', '--format': 'default pylint quiet-filename quiet-nothing' },
  operands: 'paths',
};

const pylint: Calling = {
  flags: '--errors-only -E --verbose -v --list-msgs-enabled --exit-zero',
  number: '--jobs -j --max-line-length --fail-under --limit-inference-results',
  names: '--disable -d --enable -e --ignore --fail-on',
  choice: {
    '--output-format -f': 'text json json2 colorized parseable msvs',
    '--score -s --reports -r --recursive': 'y n yes no',
    '--py-version': /^\d+\.\d+$/,
  },
  attached: { '-r -s': 'y n' },
  operands: 'paths',
};

const unittest: Calling = {
  flags: '--verbose --quiet --locals --failfast --catch --buffer',
  letters: 'vqfbc',
  text: '-k --pattern -p',
  path: '--start-directory -s --top-level-directory -t',
  number: '--durations',
  // Any other module would be imported, and what is named in it called.
  operands: /^(discover|(?!\/)(?!.*\.\.)[\w./]*test[\w./]*)$/i,
};

/** What is installed; where packages come from is not asked. */
const packages: Record<string, Calling> = {
  'pip list': { flags: '--verbose -v --local -l --user --not-required', choice: { '--format': 'columns freeze json' } },
  'pip freeze': { flags: '--all --local -l --user' },
  'pip show': { flags: '--files -f --verbose -v', operands: /^[\w.-]+$/ },
  'pip check': {},
};

/** Modules that `python -m` may run. */
export const pythonModules: Record<string, Calling> = {
  ...packages,
  pytest,
  unittest,
  mypy,
  'ruff check': ruffCheck,
  flake8,
  pylint,
  compileall: { letters: 'qfl', operands: 'paths' },
  tabnanny: { letters: 'qv', operands: 'paths' },
  doctest: { flags: '-v --verbose -f --fail-fast', operands: 'paths' },
};

export const python: Record<string, Calling> = {
  ...packages,
  ...Object.fromEntries(Object.entries(packages).map(([name, calling]) => [name.replace('pip', 'pip3'), calling])),
  pytest,
  mypy,
  'ruff check': ruffCheck,
  'ruff format': {
    flags: '--check --diff --quiet -q --verbose -v --silent -s --no-cache -n --preview --isolated --force-exclude',
    number: '--line-length',
    choice: { '--target-version': /^py3\d+$/ },
    text: '--exclude',
    operands: 'paths',
    needs: '--check --diff',
  },
  flake8,
  pylint,
  pyright: {
    flags: '--stats --verbose --warnings --outputjson --skipunannotated --dependencies',
    path: '--project -p',
    choice: {
      '--level': 'error warning information',
      '--pythonversion': /^\d+\.\d+$/,
      '--pythonplatform': 'Linux Darwin Windows',
    },
    operands: 'paths',
  },
  black: {
    flags:
      '--check --diff --color --no-color --quiet -q --verbose -v --skip-string-normalization -S --skip-magic-trailing-comma -C ' +
      '--preview --fast --safe --pyi --no-cache',
    number: '--line-length -l --workers -W',
    text: '--exclude --extend-exclude --force-exclude --include',
    choice: { '--target-version -t': /^py\d+$/ },
    operands: 'paths',
    needs: '--check --diff',
  },
  isort: {
    flags: '--check --check-only -c --diff --quiet -q --verbose --color --atomic --skip-gitignore',
    number: '--line-length -l',
    names: '--skip -s --skip-glob --known-first-party -p',
    choice: { '--profile': 'black django pycharm google open_stack plone attrs hug wemake appnexus' },
    operands: 'paths',
    needs: '--check --check-only -c --diff',
  },
  tox: tox(),
  'tox run': tox(),
  'tox r': tox(),
  'tox run-parallel': tox(),
  'tox p': tox(),
  'tox list': tox(),
  'tox l': tox(),
};

function tox(): Calling {
  return {
    flags:
      '--quiet --verbose --recreate -r --listenvs -l --listenvs-all -a --skip-missing-interpreters --no-list-dependencies',
    letters: 'qvr',
    names: '-e -f -m',
    choice: { '--colored': 'yes no', '-p --parallel': /^(auto|all|\d+)$/ },
    attached: { '-e': /^[\w.,-]+$/ },
    afterDashes: pytest,
  };
}
