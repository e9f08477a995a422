import { pathsIn, placeOf, type Workspace } from './places.ts';
import type { Arg } from './simple.ts';
import { allowed, ask, type Finding } from './verdict.ts';

/**
 * Building and testing runs the workspace's own code, which agents may write: these are no sandbox. What is kept out
 * are options that run something else, or reach somewhere else.
 */
interface Builder {
  /** What must come right after the name; anything if left out. */
  verbs?: RegExp;
  /** Every word that is no option is one of `verbs`, wherever it stands. */
  goals?: true;
  /** Must be among the arguments, for tools that write files without it. */
  only?: RegExp;
  /** Options that are refused beyond those that are refused for all. */
  no?: RegExp;
}

const goal =
  /^(pre)?(all|build|bench|check|ci|compile|coverage|doc|docs|e2e|integration|lint|spec|tests?|tsc|typecheck|types|unit|validate|verify)([:_.-][\w:.-]+)?$/;
/** Options that name something to run, that write files unseen, that never end, or that reach elsewhere. */
const runs =
  /^-{1,2}(exec|toolexec|vettool|eval|e|print|script-shell|shell|node-options|ldflags|gcflags|asmflags|init-script|I|include-build|overlay|P|D\w*|config|c|call|require|import|loader|experimental-loader|env-file|rcfile|plugin|load|fix\w*|fix-.*|apply\S*|unsafe|post|pre|hook|command|run-with|interactive|watch\w*|w|serve|open|ui|inspect\S*|publish|token|registry|proxy|url|host|remote|push|output\S*|in-place|o|out|outfile|outdir|outDir|outFile|write|target-dir|install|prefix|global|g|unsafe-perm|allow-scripts)$/;

const tool = (verbs?: RegExp, no?: RegExp): Builder => ({ ...(verbs ? { verbs } : {}), ...(no ? { no } : {}) });
const goals = (verbs: RegExp, no: RegExp): Builder => ({ verbs, no, goals: true });
const makeGoals = goals(goal, /^(-f|-C|-I|-E|--file|--makefile|--directory|--include-dir|--eval)$/);

/** Programs that build and test, by name. */
const builders: Record<string, Builder> = {
  npm: tool(/^(test|t|tst|ls|list|explain|why|root|prefix)$/),
  pnpm: tool(/^(test|t|ls|list|why)$/),
  yarn: tool(goal),
  bun: tool(/^(test)$/),
  deno: tool(/^(test|check|lint|doc|info)$/, /^(-A|--allow-.*)$/),
  tsc: tool(),
  'vue-tsc': tool(),
  eslint: tool(undefined, /^--(rulesdir|fix.*)$/),
  biome: tool(/^(check|lint|format|ci)$/),
  prettier: tool(),
  mocha: tool(),
  jest: tool(undefined, /^--(globalSetup|globalTeardown|testRunner|runner|resolver|transform)$/),
  vitest: tool(/^(run|list|related)$/),
  ava: tool(),
  tap: tool(),
  playwright: tool(/^test$/),
  pytest: tool(undefined, /^(-p|--pdb.*|--override-ini|--rootdir|--basetemp)$/),
  ruff: tool(/^check$/),
  mypy: tool(undefined, /^--(install-types|non-interactive)$/),
  pyright: tool(),
  flake8: tool(),
  pylint: tool(),
  black: { only: /^--(check|diff)$/ },
  isort: { only: /^--(check|check-only|diff)$/ },
  tox: tool(),
  cargo: tool(/^(build|check|test|clippy|doc|bench|nextest|tree|metadata|b|c|t|d)$/, /^--(fix|manifest-path|open)$/),
  go: tool(/^(build|test|vet|list|version|doc)$/, /^-{1,2}(modfile|C|n|x|work)$/),
  gofmt: { only: /^-[dl]+$/, no: /^-r$/ },
  'golangci-lint': tool(/^run$/),
  make: makeGoals,
  gmake: makeGoals,
  ctest: tool(undefined, /^(-S|-D|-SP|--build-and-test|--script.*)$/),
  ninja: goals(goal, /^(-C|-f|-t.*)$/),
  mvn: goals(/^(compile|test|verify|package|validate|test-compile)$/, /^(-f|-s|-gs|--file|--settings)$/),
  gradle: goals(
    /^(build|test|check|assemble|compile\w*|lint)$/,
    /^(-b|-c|-p|--build-file|--project-dir|--settings-file)$/,
  ),
  dotnet: tool(/^(build|test)$/),
  swift: tool(/^(build|test)$/),
  mix: tool(/^(test|compile)$/),
  rspec: tool(),
  rubocop: tool(undefined, /^(-[aAx].*|--auto.*)$/),
  phpunit: tool(undefined, /^(-d|--bootstrap)$/),
  shellcheck: tool(),
  hadolint: tool(),
  stylelint: tool(),
  tsd: tool(),
  knip: tool(),
  depcruise: tool(),
};

/** What package managers take before a script's name and what changes nothing but their own words. */
const quietOptions = new Set(['-s', '--silent', '--quiet', '--if-present']);

/** Judges a command that builds or tests; undefined where the name is not known for it. */
export function judgeBuild(name: string, args: Arg[], workspace: Workspace): Finding | undefined {
  if (args.length === 1 && args[0]?.fixed && /^(--version|-V|version)$/.test(args[0].text) && knownTools.has(name))
    return allowed;
  const [first] = args;
  if (/^(npm|pnpm|yarn|bun)$/.test(name) && first?.text === 'run') {
    const at = args.findIndex((arg, index) => index > 0 && !(arg.fixed && quietOptions.has(arg.text)));
    const second = args[at];
    if (!second) return allowed;
    if (!second.fixed || !goal.test(second.text))
      return ask(
        'unknown-script',
        `Scripts that build, check or test run without asking; "${second.text}" is none by its name.`,
      );
    return judgeArguments(args.slice(at + 1), {}, workspace);
  }
  if (/^python3?$/.test(name)) return judgePython(args, workspace);
  if (name === 'node') return judgeNode(args, workspace);
  const builder = Object.hasOwn(builders, name) ? builders[name] : undefined;
  if (!builder) return undefined;
  const { verbs, only } = builder;
  const verb = args.find(arg => !arg.text.startsWith('-'));
  const fits = builder.goals
    ? args.every(arg => arg.fixed && (arg.text.startsWith('-') || /^\d+$/.test(arg.text) || verbs?.test(arg.text)))
    : verbs === undefined || (verb !== undefined && verb === first && verb.fixed && verbs.test(verb.text));
  if (!fits || (only && !args.some(arg => only.test(arg.text))))
    return ask(
      'unknown-task',
      `What "${name} ${first?.text ?? ''}" does is not among the tasks that run without asking.`,
    );
  return judgeArguments(verbs && !builder.goals ? args.slice(1) : args, builder, workspace);
}

const knownTools = new Set([
  ...Object.keys(builders),
  'node',
  'npx',
  'python',
  'python3',
  'pip',
  'pip3',
  'git',
  'java',
  'javac',
  'ruby',
  'rustc',
  'php',
  'gcc',
  'clang',
  'docker',
  'corepack',
  'uv',
  'cmake',
  'rg',
  'fd',
  'code',
]);

function judgePython(args: Arg[], workspace: Workspace): Finding | undefined {
  const [flag, module] = args;
  if (flag?.text !== '-m' || !module?.fixed) return undefined;
  if (!/^(pytest|unittest|mypy|ruff|flake8|pylint|compileall|tabnanny|doctest)$/.test(module.text)) return undefined;
  return judgeArguments(args.slice(2), builders.pytest ?? {}, workspace);
}

/** Its own options run text, so that only those of the test runner are let in. */
const nodeOptions =
  /^--(test|test-(name-pattern|skip-pattern|only|timeout|concurrency|shard|reporter|force-exit|isolation)|check|experimental-(strip-types|test-coverage|test-module-mocks)|enable-source-maps|no-warnings)(=|$)/;

function judgeNode(args: Arg[], workspace: Workspace): Finding | undefined {
  const [flag] = args;
  if (!flag?.fixed || !/^--(test|check)$/.test(flag.text)) return undefined;
  const odd = args.find(arg => arg.text.startsWith('-') && !nodeOptions.test(arg.text));
  return odd ? unusual(odd) : judgeArguments(args, {}, workspace);
}

function judgeArguments(args: Arg[], { no }: Builder, workspace: Workspace): Finding {
  for (const arg of args) {
    const name = arg.text.replace(/=.*$/s, '');
    const bad =
      !arg.fixed ||
      /[;&|`$<>(){}\n\\!'"]/.test(arg.text) ||
      runs.test(name) ||
      no?.test(name) ||
      /^[A-Za-z_]\w*=/.test(arg.text) ||
      pathsIn(arg).some(part => leaves(part, workspace));
    if (bad) return unusual(arg);
  }
  return allowed;
}

const unusual = (arg: Arg) =>
  ask('unusual-arguments', `"${arg.text.slice(0, 80)}" is not among the arguments that are known to be harmless.`);

/** Whether a word, taken as a path, would lead out of the workspace or to what is not to be read. */
function leaves(arg: Arg, workspace: Workspace): boolean {
  const place = placeOf(arg, workspace);
  return place !== 'inside' && (place !== 'unknown' || arg.glob || !arg.fixed);
}
