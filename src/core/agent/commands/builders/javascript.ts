import type { Calling } from '../options.ts';

/** Reporters that come with nearly every test runner; any other name is a module that is loaded. */
const reporters = 'spec dot min list tap json line default verbose progress';

/** What scripts of package.json may be given: words that mean the same, or nothing, to every common test runner. */
export const scriptArguments: Calling = {
  flags:
    '--bail --silent --quiet --verbose -v -q --runInBand --ci --coverage --no-coverage --passWithNoTests --exit --no-color ' +
    '--color --noEmit --forbid-only --dry-run --listTests --forceExit --detectOpenHandles --onlyFailures --check ' +
    '--fail-fast --nocapture --parallel --no-parallel --test-only',
  number: '--timeout --testTimeout --test-timeout --retries --maxWorkers --max-warnings',
  text: '--grep -g --fgrep --testNamePattern -t --test-name-pattern -k --testPathPattern --testPathPatterns',
  choice: { '--reporter -R': reporters },
  attached: { '--watch --watchAll': 'false', '--bail --color --coverage': /^(\d+|true|false)$/ },
  operands: 'paths',
};

/** Right after the name of a package manager and its verb. */
export const managerOptions: Calling = {
  flags:
    '-s --silent -q --quiet --if-present --ignore-scripts --no-color --foreground-scripts --no-fund --no-audit --workspaces',
  choice: { '--loglevel': 'silent error warn notice http info verbose' },
  names: '-w --workspace',
};

/** What lists the packages that are there. */
export const listing: Calling = {
  flags: '--json --long -l --all -a --parseable -p -r --recursive --prod --production --dev --no-color -s --silent',
  number: '--depth',
  choice: { '--omit --include': 'dev optional peer prod' },
  operands: /^(@[\w.-]+\/)?[\w.-]+$/,
};

const nodeTest: Calling = {
  flags:
    '--test --test-only --test-force-exit --experimental-strip-types --no-experimental-strip-types --experimental-transform-types ' +
    '--experimental-test-coverage --experimental-test-module-mocks --enable-source-maps --no-warnings --no-deprecation ' +
    '--trace-warnings --trace-deprecation --trace-uncaught',
  number: '--test-timeout --test-concurrency --test-coverage-lines --test-coverage-branches --test-coverage-functions',
  text: '--test-name-pattern --test-skip-pattern',
  choice: {
    '--test-shard': /^\d+\/\d+$/,
    '--test-reporter': 'spec tap dot junit lcov',
    '--test-reporter-destination': 'stdout stderr',
    '--test-isolation --experimental-test-isolation': 'process none',
  },
  operands: 'paths',
};

export const node: Record<'--test' | '--check', Calling> = {
  '--test': nodeTest,
  '--check': { flags: '--check', operands: 'paths' },
};

const typescript: Calling = {
  spelling: 'any-case',
  flags:
    '--noEmit --pretty --strict --skipLibCheck --skipDefaultLibCheck --listFiles --listFilesOnly --showConfig ' +
    '--traceResolution --extendedDiagnostics --diagnostics --explainFiles --build -b --force --dry --verbose --allowJs --checkJs ' +
    '--esModuleInterop --allowSyntheticDefaultImports --noUnusedLocals --noUnusedParameters --noImplicitAny --noImplicitReturns ' +
    '--noImplicitThis --noImplicitOverride --noFallthroughCasesInSwitch --noUncheckedIndexedAccess --strictNullChecks ' +
    '--strictFunctionTypes --strictBindCallApply --strictPropertyInitialization --exactOptionalPropertyTypes --isolatedModules ' +
    '--resolveJsonModule --allowImportingTsExtensions --verbatimModuleSyntax --noErrorTruncation --stopBuildOnErrors ' +
    '--experimentalDecorators --erasableSyntaxOnly',
  path: '--project -p',
  names: '--types --lib --customConditions',
  choice: {
    '--target -t': /^es(\d+|next)$/i,
    '--module -m':
      'commonjs amd umd system es6 es2015 es2020 es2022 esnext node16 node18 node20 nodenext preserve none',
    '--moduleResolution': 'node node10 node16 nodenext bundler classic',
    '--jsx': 'preserve react react-native react-jsx react-jsxdev',
  },
  // It would write what it makes of a named file beside it.
  operands: 'paths',
  form: /^(?!@).*\.[cm]?[jt]sx?$|^[\w./-]*tsconfig[\w.-]*\.json$/,
  needs: '--noEmit --build -b --showConfig --listFilesOnly',
  needsFor: 'operands',
};

export const javascript: Record<string, Calling> = {
  tsc: typescript,
  'vue-tsc': typescript,
  eslint: {
    flags:
      '--quiet --no-color --color --no-ignore --no-inline-config --report-unused-disable-directives --no-warn-ignored ' +
      '--no-error-on-unmatched-pattern --pass-on-no-patterns --exit-on-fatal-error --debug --stats --no-eslintrc',
    number: '--max-warnings',
    names: '--ext --concurrency',
    text: '--ignore-pattern',
    path: '--print-config',
    choice: {
      '--format -f': 'stylish json html compact unix json-with-metadata',
      '--report-unused-disable-directives-severity': 'off warn error',
    },
    operands: 'paths',
  },
  'biome check': biome('--formatter-enabled --linter-enabled --assist-enabled'),
  'biome lint': biome(''),
  'biome format': biome(''),
  'biome ci': biome('--formatter-enabled --linter-enabled --assist-enabled'),
  prettier: {
    flags:
      '--check -c --list-different -l --no-color --color --ignore-unknown -u --no-error-on-unmatched-pattern --no-config ' +
      '--no-editorconfig --single-quote --no-semi --use-tabs',
    number: '--tab-width --print-width',
    path: '--find-config-path --file-info',
    choice: { '--log-level --loglevel': 'silent error warn log debug', '--trailing-comma': 'all es5 none' },
    operands: 'paths',
  },
  mocha: {
    flags:
      '--bail -b --check-leaks --forbid-only --forbid-pending --color --colors -c --no-color --no-colors -C --dry-run --exit ' +
      '--full-trace --inline-diffs --no-diff --async-only -A --parallel -p --no-parallel --sort -S --recursive --invert -i ' +
      '--no-timeout --no-timeouts --fail-zero',
    number: '--timeout --timeouts -t --slow -s --retries --jobs -j',
    text: '--grep -g --fgrep -f --ignore --exclude',
    names: '--extension',
    path: '--spec',
    choice: {
      '--reporter -R': 'spec dot nyan min list tap landing progress json json-stream',
      '--ui -u': 'bdd tdd qunit exports',
    },
    operands: 'paths',
    notOperands: /^(init|inspect|debug|run)$/,
  },
  jest: {
    flags:
      '--runInBand -i --bail -b --ci --verbose --silent --coverage --no-coverage --onlyChanged -o --onlyFailures -f ' +
      '--passWithNoTests --listTests --showConfig --detectOpenHandles --forceExit --no-cache --colors --no-color --expand -e ' +
      '--errorOnDeprecated --json --randomize --runTestsByPath --findRelatedTests --logHeapUsage --noStackTrace',
    number: '--maxWorkers -w --testTimeout --maxConcurrency --seed',
    text: '--testNamePattern -t --testPathPattern --testPathPatterns --testPathIgnorePatterns',
    names: '--selectProjects',
    choice: { '--shard': /^\d+\/\d+$/, '--env --testEnvironment': 'node jsdom' },
    attached: { '--bail --maxWorkers -w': /^\d+%?$/, '--watch --watchAll --coverage --colors': 'false' },
    operands: 'paths',
    notOperands: /^(init|create)$/,
  },
  'vitest run': vitest(),
  'vitest list': vitest(),
  'vitest related': vitest('--run'),
  ava: {
    flags: '--fail-fast --verbose -v --serial -s --tap -t --color --no-color',
    text: '--match -m',
    number: '--concurrency -c --timeout -T',
    operands: 'paths',
    notOperands: /^(debug|reset-cache)$/,
  },
  tap: {
    flags: '--bail -b --disable-coverage --allow-incomplete-coverage --allow-empty-coverage',
    number: '--jobs -j --timeout -t',
    choice: { '--reporter -R': 'tap terse dot spec min' },
    operands: 'paths',
    form: /\.[cm]?[jt]sx?$/,
  },
  'playwright test': {
    flags: '--forbid-only --list --pass-with-no-tests --quiet -x --fully-parallel --last-failed --no-deps',
    text: '--grep -g --grep-invert',
    number: '--retries --workers -j --timeout --global-timeout --repeat-each --max-failures',
    names: '--project',
    choice: { '--reporter': 'list line dot github json null', '--shard': /^\d+\/\d+$/ },
    operands: 'paths',
  },
  'bun test': {
    flags: '--bail --only --todo',
    number: '--timeout --rerun-each',
    text: '--test-name-pattern -t',
    attached: { '--bail': /^\d+$/ },
    operands: 'paths',
  },
  'deno test': deno('--fail-fast --doc --no-run --trace-leaks --parallel --permit-no-files'),
  'deno check': deno('--doc --doc-only --all'),
  'deno lint': { flags: '--json --compact --quiet -q', names: '--rules-include --rules-exclude', operands: 'paths' },
  'deno doc': { flags: '--json --private --lint --quiet -q', text: '--filter', operands: 'paths' },
  'deno info': { flags: '--json --quiet -q', operands: 'paths' },
  'vite build': {
    flags: '--debug -d --clearScreen',
    choice: { '--mode -m': /^[a-z]+$/, '--logLevel -l': 'info warn error silent' },
  },
  'next build': { flags: '--debug -d --profile --no-lint --no-mangling --turbo --turbopack --webpack' },
  'astro check': {},
  'svelte-check': {
    flags: '--fail-on-warnings --no-tsconfig',
    path: '--tsconfig --workspace',
    choice: { '--output': 'human human-verbose machine machine-verbose', '--threshold': 'warning error' },
  },
  stylelint: {
    flags: '--quiet -q --color --no-color --allow-empty-input --aei --disable-default-ignores --di',
    number: '--max-warnings --mw',
    choice: { '--formatter -f': 'string verbose json compact tap unix github' },
    operands: 'paths',
  },
  tsd: { flags: '--show-diff', path: '--typings -t' },
  knip: {
    flags:
      '--production --strict --no-progress --no-exit-code --dependencies --exports --files --debug --include-entry-exports ' +
      '--no-gitignore --no-config-hints --include-libs --isolate-workspaces',
    names: '--include --exclude --workspace -W --tags',
    number: '--max-issues --max-show-issues',
    choice: { '--reporter': 'symbols compact codeowners json markdown disclosure' },
  },
  depcruise: {
    flags: '--no-config --metrics -m --no-progress --no-cache',
    number: '--max-depth -d',
    text: '--include-only -I --focus -F --exclude -x --do-not-follow -X --reaches -R --highlight -H --collapse -S',
    choice: {
      '--output-type -T':
        'err err-long err-html text json html dot ddot archi mermaid markdown csv anon baseline metrics null teamcity',
      '--progress -p': 'none cli-feedback performance-log ndjson',
    },
    operands: 'paths',
  },
};

function biome(more: string): Calling {
  return {
    flags:
      '--error-on-warnings --no-errors-on-unmatched --verbose --staged --changed --json --json-pretty --skip-parse-errors',
    number: '--files-max-size',
    names: '--only --skip',
    choice: {
      '--diagnostic-level': 'info warn error',
      '--max-diagnostics': /^(\d+|none)$/,
      '--colors': 'off force',
      '--reporter': 'json json-pretty github junit summary gitlab checkstyle rdjson',
      '--log-level': 'none debug info warn error',
      '--since': /^\w[\w./-]*$/,
      [`--files-ignore-unknown --vcs-enabled --vcs-use-ignore-file ${more}`]: 'true false',
    },
    operands: 'paths',
  };
}

function vitest(more = ''): Calling {
  return {
    flags:
      `--run --coverage --no-coverage --passWithNoTests --silent --no-color --color --globals --no-file-parallelism --no-isolate ` +
      `--allowOnly --no-allowOnly --dangerouslyIgnoreUnhandledErrors --logHeapUsage --filesOnly --hideSkippedTests ${more}`,
    number:
      '--bail --retry --testTimeout --hookTimeout --teardownTimeout --maxWorkers --minWorkers --maxConcurrency --slowTestThreshold',
    text: '--testNamePattern -t --exclude',
    names: '--project',
    choice: {
      '--reporter': 'default verbose dot json tap tap-flat basic junit tree minimal agent',
      '--environment': 'node jsdom happy-dom edge-runtime',
      '--pool': 'forks threads vmThreads vmForks',
      '--shard': /^\d+\/\d+$/,
    },
    attached: { '--watch --coverage': 'false' },
    operands: 'paths',
  };
}

function deno(more: string): Calling {
  return {
    flags: `--quiet -q --no-check --no-remote --no-npm --cached-only --frozen ${more}`,
    text: '--filter',
    choice: { '--reporter': 'pretty dot junit tap' },
    operands: 'paths',
  };
}
