import type { Calling } from '../options.ts';

const lifecycle = /^(compile|test|verify|package|validate|test-compile)$/;
const gradleTask = /^(:?[\w.-]+:)*(build|test|check|assemble|compile\w*|lint)$/;

const dotnetFlags = '--no-restore --nologo --no-dependencies --no-incremental';

/** What builds and tests for the JVM, .NET, the BEAM, Ruby and PHP. */
export const managed: Record<string, Calling> = {
  mvn: {
    flags:
      '-q --quiet -B --batch-mode -o --offline -e --errors -X -ntp --no-transfer-progress -am --also-make -amd ' +
      '--also-make-dependents -fae --fail-at-end -ff --fail-fast -fn --fail-never -nsu --no-snapshot-updates ' +
      '-DskipTests -DskipITs',
    names: '-pl --projects -rf --resume-from',
    choice: { '-T --threads': /^\d+(\.\d+)?C?$/ },
    attached: {
      '-DskipTests -DskipITs -Dmaven.test.skip -DfailIfNoTests -Dsurefire.failIfNoSpecifiedTests': 'true false',
      '-Dtest -Dit.test': /^[\w#.*,+!-]+$/,
      '-Dstyle.color': 'always never auto',
      '-T': /^\d+C?$/,
    },
    operands: lifecycle,
  },
  gradle: {
    flags:
      '--info -i --quiet -q --warn -w --stacktrace -s --full-stacktrace -S --offline --no-daemon --daemon --continue --rerun-tasks ' +
      '--no-build-cache --build-cache --parallel --no-parallel --dry-run -m --no-configuration-cache --configuration-cache',
    choice: {
      '--console': 'plain auto rich verbose',
      '--warning-mode': 'all none summary fail',
      '--max-workers': /^\d+$/,
      '--tests': /^[\w.*$#-]+$/,
      '--exclude-task -x': /^(:?[\w.-]+:)*[\w.-]+$/,
    },
    operands: gradleTask,
  },
  'dotnet build': {
    flags: `${dotnetFlags} --force`,
    names: '--configuration -c --framework -f',
    choice: { '--verbosity -v': 'q quiet m minimal n normal d detailed diag diagnostic' },
    operands: 'paths',
  },
  'dotnet test': {
    flags: `${dotnetFlags} --no-build --list-tests -t`,
    names: '--configuration -c --framework -f',
    choice: {
      '--verbosity -v': 'q quiet m minimal n normal d detailed diag diagnostic',
      '--filter': /^[\w.~=!-]+$/,
    },
    operands: 'paths',
    afterDashes: {},
  },
  'mix test': {
    flags: '--trace --failed --stale --color --no-color --no-compile --warnings-as-errors --raise',
    number: '--max-failures --seed --slowest --timeout',
    names: '--only --include --exclude',
    operands: 'paths',
  },
  'mix compile': { flags: '--force --warnings-as-errors --all-warnings --no-all-warnings' },
  rspec: {
    flags:
      '--fail-fast --color --no-color --colour --force-color --dry-run --backtrace -b --only-failures --next-failure -n --warnings ' +
      '-w --profile -p',
    text: '--example -e',
    names: '--tag -t',
    number: '--seed',
    choice: {
      '--format -f': 'p progress d doc documentation j json f failures',
      '--order': /^(defined|rand|random|recently-modified)(:\d+)?$/,
    },
    attached: { '--fail-fast --profile': /^\d+$/ },
    operands: 'paths',
  },
  rubocop: {
    flags:
      '--display-cop-names -D --display-only-fail-level-offenses --parallel -P --no-parallel --lint -l --force-exclusion ' +
      '--extra-details -E --fail-fast -F --color --no-color --list-target-files -L --display-style-guide -S --display-time --debug -d',
    names: '--only --except',
    choice: {
      '--format -f':
        's simple p progress j json o offenses c clang e emacs q quiet w worst files fuubar github tap junit',
      '--fail-level': /^\w+$/,
      '--cache': 'true false',
    },
    operands: 'paths',
  },
  phpunit: {
    flags:
      '--testdox --no-coverage --no-progress --no-results --no-output --debug -v --verbose --list-tests --list-suites --list-groups ' +
      '--stop-on-failure --stop-on-error --stop-on-defect --stop-on-warning --stop-on-risky --stop-on-skipped --fail-on-warning ' +
      '--fail-on-risky --fail-on-deprecation --fail-on-notice --fail-on-skipped --fail-on-incomplete --fail-on-empty-test-suite ' +
      '--disallow-test-output --strict-coverage --reverse-list --display-deprecations --display-warnings --display-notices ' +
      '--display-errors --display-skipped --display-incomplete',
    text: '--filter --exclude-filter',
    names: '--testsuite --exclude-testsuite --group --exclude-group',
    choice: { '--order-by': /^[a-z,]+$/, '--random-order-seed': /^\d+$/ },
    attached: { '--colors': 'never auto always' },
    operands: 'paths',
  },
};
