import type { Calling } from './options.ts';
import { judgeCalling } from './options.ts';
import { absolute, ownPath, type Workspace } from './places.ts';
import type { Arg } from './simple.ts';
import { allowed, ask, type Finding } from './verdict.ts';

/** A program that runs a script of the workspace: which options it may be given first, and what scripts are called. */
interface Runner {
  options: Calling;
  file: RegExp;
}

const node: Runner = {
  options: {
    flags:
      '--experimental-strip-types --experimental-transform-types --enable-source-maps --no-warnings --no-deprecation ' +
      '--trace-warnings --trace-deprecation --trace-uncaught',
  },
  file: /\.[cm]?[jt]s$/,
};
const typescript: Runner = { options: {}, file: /\.[cm]?[jt]sx?$/ };
const python: Runner = { options: { flags: '-u -B -b -s -O' }, file: /\.py$/ };
const shell: Runner = { options: { flags: '-e -u -x -eu -ex -eux' }, file: /\.(ba)?sh$/ };

const runners: Record<string, Runner> = {
  node,
  tsx: typescript,
  'ts-node': typescript,
  python,
  python3: python,
  sh: shell,
  bash: shell,
  dash: shell,
};

/** What a script may be told: words that ask for a report, or name what it builds, checks or tests. */
const told: Calling = {
  flags: '--help -h --version --verbose -v --quiet -q --silent --check --list --dry-run --json --no-color --all --ci',
  number: '--port -p --timeout --limit',
  operands: /^(test|tests|check|build|lint|list|status|help|version|validate|verify|typecheck|coverage|bench|\d+)$/,
};

/** A name that says that it changes what lies elsewhere, or cannot be undone. */
const grave =
  /(^|[^a-z])(deploy|publish|release|push|upload|ship|install|uninstall|setup|bootstrap|clean|reset|wipe|purge|prune|drop|delete|remove|destroy|kill|seed|migrat|rollback|restore|backup|sync|send|mail|notify|post|update|upgrade|prod|provision|apply)/i;

/**
 * Judges a script of the workspace by its interpreter, or by its own path; undefined where it is none. It runs only as a
 * person left it: what was made or changed since the session began could be an agent's, and do anything.
 */
export function judgeScript(head: Arg, args: readonly Arg[], workspace: Workspace): Finding | undefined {
  const { own } = workspace;
  const direct = /^\.?[\w.-]*\/[\w./-]*\.(sh|bash|py|[cm]?js)$/.test(head.text);
  const runner = Object.hasOwn(runners, head.text) ? runners[head.text] : undefined;
  if (!own || !workspace.disk || !(direct || runner)) return undefined;
  const at = direct ? -1 : args.findIndex(arg => !arg.text.startsWith('-'));
  const script = direct ? head : args[at];
  if (!script || (runner && judgeCalling(args.slice(0, at), runner.options, workspace) !== allowed)) return undefined;
  if (runner && !runner.file.test(script.text)) return undefined;
  const path = ownPath(script, workspace);
  const changed = path === undefined ? undefined : workspace.disk.changedAt(absolute(path, workspace));
  if (path === undefined || changed === undefined)
    return ask('unknown-script', `"${script.text.slice(0, 80)}" is no file of the workspace that is there already.`);
  if (grave.test(path) || /(^|\/)node_modules\//.test(path))
    return ask('unknown-script', `By its name, "${path}" does more than to build, check, test or start something.`);
  if (changed >= own.began && !own.accepted(path))
    return ask('changed-script', `"${path}" was made or changed since the session began, and nobody has accepted it.`);
  const found = judgeCalling(args.slice(at + 1), told, workspace);
  if (found === allowed) workspace.line?.started.add(path);
  return found;
}
