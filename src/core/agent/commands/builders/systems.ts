import type { Calling } from '../options.ts';
import { goal } from './goals.ts';

const cargoFlags =
  '--release -r --all-targets --all-features --no-default-features --workspace --all --lib --bins --tests --examples --benches ' +
  '--no-run --no-fail-fast --quiet -q --verbose --locked --frozen --offline --no-deps --keep-going --doc --ignore-rust-version ' +
  '--document-private-items';

const targetName = /^[\w-]+$/;

const cargo: Calling = {
  flags: cargoFlags,
  letters: 'vqr',
  names: '--features -F --package -p --exclude --bin --example --test --bench --profile',
  choice: {
    // A name with a dot is a file, which may name a linker.
    '--target': targetName,
    '--jobs -j': /^\d+$/,
    '--message-format': /^(human|short|json|json-diagnostic-[\w-]+|json-render-diagnostics)$/,
    '--color': 'auto always never',
  },
  attached: { '-j': /^\d+$/ },
  // Tests are named by any part of their path.
  operands: /^[A-Za-z_][\w:]*$/,
};

/** The harness that Rust links into tests. */
const libtest: Calling = {
  flags: '--nocapture --no-capture --ignored --include-ignored --exact --list --show-output --quiet -q --test',
  number: '--test-threads',
  names: '--skip',
  choice: { '--color': 'auto always never', '--format': 'pretty terse json' },
  operands: /^[A-Za-z_][\w:]*$/,
};
const cargoTest: Calling = { ...cargo, afterDashes: libtest };
const cargoBuild: Calling = { ...cargo, operands: /^(?!)/ };

const nextest: Calling = {
  flags: `${cargoFlags} --no-capture --fail-fast`,
  names: '--features -F --package -p --exclude --bin --example --test --bench --cargo-profile --profile -P',
  text: '-E --filter-expr --filterset',
  number: '--retries --test-threads --max-fail',
  choice: {
    '--target': targetName,
    '--jobs -j': /^\d+$/,
    '--run-ignored': 'default only all ignored-only',
    '--status-level': /^\w+$/,
  },
  operands: /^[A-Za-z_][\w:]*$/,
  afterDashes: libtest,
};

const go: Calling = {
  spelling: 'one-dash',
  flags: '-v -race -msan -asan -cover -short -failfast -json -benchmem -trimpath -a -fullpath -n -x',
  number: '-count -timeout -parallel -p',
  text: '-run -skip -bench -list',
  names: '-tags -coverpkg',
  choice: {
    '-mod': 'readonly vendor',
    '-benchtime': /^\d+(\.\d+)?(x|ns|us|ms|s|m|h)$/,
    '-cpu': /^\d+(,\d+)*$/,
    '-covermode': 'set count atomic',
    '-shuffle': /^(on|off|\d+)$/,
    '-vet': /^(off|all|[a-z]+(,[a-z]+)*)$/,
    '-buildvcs': 'true false auto',
  },
  attached: { '-v -race -short -json -cover -a -failfast -benchmem -trimpath': 'true false' },
  operands: 'paths',
  // A version after "@" would be fetched.
  notOperands: /@/,
};

/** A number may belong to `-j`. */
const makeGoal = new RegExp(`${goal.source}|^\\d+$`);
const make: Calling = {
  flags:
    '-j --jobs --keep-going --silent --quiet --dry-run --always-make --no-print-directory --print-directory --trace -w',
  letters: 'ksnBrRw',
  attached: { '-j -l': /^\d+$/, '--jobs --load-average': /^\d+$/, '--output-sync -O': 'none line target recurse' },
  operands: makeGoal,
};

/** What builds and tests native code, Rust, Go and Swift. */
export const systems: Record<string, Calling> = {
  'cargo build': cargoBuild,
  'cargo b': cargoBuild,
  'cargo check': cargoBuild,
  'cargo c': cargoBuild,
  'cargo doc': cargoBuild,
  'cargo d': cargoBuild,
  'cargo test': cargoTest,
  'cargo t': cargoTest,
  'cargo bench': cargoTest,
  'cargo nextest run': nextest,
  'cargo nextest list': nextest,
  'cargo clippy': {
    ...cargoBuild,
    afterDashes: {
      names: '-D --deny -W --warn -A --allow -F --forbid',
      attached: { '-D -W -A -F': /^[\w:-]+$/ },
    },
  },
  'cargo fmt': {
    flags: '--check --all --quiet -q',
    names: '--package -p',
    needs: '--check',
    afterDashes: { flags: '--check' },
  },
  'cargo tree': {
    flags: `${cargoFlags} --duplicates -d --no-dedupe`,
    number: '--depth',
    names: '--edges -e --invert -i --prune --features -F --package -p',
  },
  'cargo metadata': {
    flags: '--no-deps --all-features --no-default-features --locked --frozen --offline --quiet -q',
    names: '--features',
    number: '--format-version',
  },
  'go build': go,
  'go test': go,
  'go vet': go,
  'go list': {
    spelling: 'one-dash',
    flags: '-m -json -deps -test -e -find -compiled',
    names: '-tags',
    choice: { '-mod': 'readonly vendor' },
    operands: 'paths',
    notOperands: /@/,
  },
  'go version': { spelling: 'one-dash', flags: '-m -v', operands: 'paths' },
  'go doc': { spelling: 'one-dash', flags: '-all -short -src -u -c -cmd', operands: 'paths', notOperands: /@/ },
  gofmt: { spelling: 'one-dash', flags: '-d -l -e -s', operands: 'paths', needs: '-d -l' },
  'golangci-lint run': {
    flags: '--fast --verbose -v --tests --no-config --allow-parallel-runners',
    number: '--timeout --max-issues-per-linter --max-same-issues --concurrency -j',
    names: '--enable -E --disable -D --build-tags --presets',
    choice: {
      '--color': 'always auto never',
      '--out-format': 'colored-line-number line-number json tab checkstyle github-actions',
    },
    attached: { '--tests': 'true false' },
    operands: 'paths',
  },
  make,
  gmake: make,
  cmake: {
    flags: '-Wdev -Wno-dev --fresh --log-level=NOTICE',
    path: '-S',
    // Nothing else is overwritten there.
    choice: { '-B': /^(\.\/)?(build|out|cmake-build)([\w-]*\/?)+$/ },
  },
  'cmake --build': {
    flags: '--clean-first --verbose -v',
    number: '--parallel -j',
    choice: { '--config': /^\w+$/, '--target -t': goal },
    attached: { '-j': /^\d+$/, '--parallel': /^\d+$/ },
    operands: 'paths',
  },
  ctest: {
    flags:
      '-V -VV -Q --verbose --extra-verbose --quiet --output-on-failure -N --show-only --rerun-failed --stop-on-failure --progress ' +
      '--schedule-random --no-tests',
    text: '-R --tests-regex -E --exclude-regex -L --label-regex -LE --label-exclude',
    names: '-C --build-config',
    number: '-j --parallel --timeout',
    path: '--test-dir',
    attached: { '-j': /^\d+$/, '--no-tests': 'error ignore' },
  },
  ninja: {
    flags: '--verbose -v --quiet -n',
    number: '-j -k -l',
    choice: { '-d': 'stats explain keepdepfile keeprsp' },
    attached: { '-j -k -l': /^\d+$/ },
    operands: makeGoal,
  },
  'swift build': swift('--build-tests'),
  'swift test': swift('--parallel --no-parallel --skip-build --list-tests -l'),
  shellcheck: {
    flags: '-a --check-sourced --norc',
    choice: {
      '-f --format': 'tty gcc checkstyle diff json json1 quiet',
      '-s --shell': 'sh bash dash ksh busybox',
      '-S --severity': 'error warning info style',
      '-C --color': 'auto always never',
    },
    names: '-e --exclude -i --include -o --enable',
    operands: 'paths',
  },
  hadolint: {
    flags: '--no-fail --no-color --verbose -V --strict-labels --disable-ignore-pragma',
    names: '--ignore --error --warning --info --style --trusted-registry',
    choice: {
      '-f --format': 'tty json checkstyle codeclimate gitlab_codeclimate gnu codacy sonarqube sarif',
      '-t --failure-threshold': 'error warning info style ignore none',
    },
    operands: 'paths',
  },
};

function swift(more: string): Calling {
  return {
    flags: `--verbose -v --quiet -q --enable-code-coverage ${more}`,
    number: '--jobs -j --num-workers',
    text: '--filter --skip',
    names: '--target --product --test-product',
    choice: { '--configuration -c': 'debug release' },
  };
}
