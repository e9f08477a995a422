import { goal } from './builders/goals.ts';
import { javascript, listing, managerOptions, node, scriptArguments } from './builders/javascript.ts';
import { managed } from './builders/managed.ts';
import { python, pythonModules } from './builders/python.ts';
import { systems } from './builders/systems.ts';
import { type Calling, judgeCalling } from './options.ts';
import type { Workspace } from './places.ts';
import type { Arg } from './simple.ts';
import { allowed, ask, type Finding } from './verdict.ts';

/**
 * Programs that build and test, by name, or by name and subcommand. They run the workspace's own code, which agents may
 * write: these tables are no sandbox. What they keep out is what runs, reads or writes anything beyond that.
 */
const builders = new Map(Object.entries({ ...javascript, ...python, ...systems, ...managed }));
const modules = new Map(Object.entries(pythonModules));

/** Tools that may tell their version. */
const knownTools = new Set([
  ...[...builders.keys()].map(key => key.split(' ')[0]),
  ...words(
    'npm pnpm yarn bun deno node npx python python3 pip pip3 git java javac ruby rustc php gcc clang docker corepack uv cmake rg fd code',
  ),
]);

/** Subcommands of package managers that run the script of that name, and those that list what is there. */
const managers: Record<string, { scripts: RegExp; listing: RegExp }> = {
  npm: { scripts: /^(test|t|tst)$/, listing: /^(ls|list|explain|why|root|prefix)$/ },
  pnpm: { scripts: /^(test|t|build|lint|typecheck)$/, listing: /^(ls|list|why)$/ },
  yarn: { scripts: goal, listing: /^(?!)/ },
  bun: { scripts: /^(?!)/, listing: /^(?!)/ },
};

/** Scripts that start the workspace's own server, by the names that everybody gives them. */
const server = /^(start|dev|serve|preview)$/;

function words(text: string): string[] {
  return text.split(' ');
}

/** Judges a command that builds or tests; undefined where the name is not known for it. */
export function judgeBuild(name: string, args: Arg[], workspace: Workspace): Finding | undefined {
  const [first] = args;
  if (args.length === 1 && first?.fixed && knownTools.has(name) && tellsVersion(name, first.text)) return allowed;
  const manager = Object.hasOwn(managers, name) ? managers[name] : undefined;
  const found = manager && judgeManager(name, manager, args, workspace);
  if (found) return found;
  if (/^python3?$/.test(name)) return first?.text === '-m' ? judgeIn(modules, args.slice(1), workspace) : undefined;
  if (name === 'node')
    return first?.fixed && isNodeMode(first.text) ? judgeCalling(args, node[first.text], workspace) : undefined;
  if (builders.has(name) || [...builders.keys()].some(key => key.startsWith(`${name} `)) || manager)
    return judgeIn(builders, [word(name), ...args], workspace) ?? unknownTask(name, first);
  return undefined;
}

/** Interpreters that go on to read a program after they have told it are not among the second. */
const tellsVersion = (name: string, option: string) =>
  /^(--version|-V|version)$/.test(option) ||
  (/^--?v(ersion)?$/.test(option) && /^(node|npm|pnpm|yarn|bun|php|javac?|make|gcc|clang|tsc|docker)$/.test(name)) ||
  (option === '-v' && name === 'ruby');

const isNodeMode = (text: string): text is keyof typeof node => Object.hasOwn(node, text);
const word = (text: string): Arg => ({ text, fixed: true, glob: false, runs: [] });

/** By as many of the first words as are known together. */
function judgeIn(table: ReadonlyMap<string, Calling>, args: Arg[], workspace: Workspace): Finding | undefined {
  for (let count = 3; count > 0; count--) {
    const words = args.slice(0, count);
    const calling = words.every(word => word.fixed) && table.get(words.map(word => word.text).join(' '));
    if (calling) return judgeCalling(args.slice(count), calling, workspace);
  }
  return undefined;
}

/** Scripts of package.json that build, check or test, and lists of packages. */
function judgeManager(
  name: string,
  managerOf: (typeof managers)[string],
  args: Arg[],
  workspace: Workspace,
): Finding | undefined {
  const [verb, ...rest] = args;
  if (!verb?.fixed) return undefined;
  if (name === 'pnpm' && /^(-r|--recursive)$/.test(verb.text) && rest[0]?.text !== verb.text)
    return judgeManager(name, managerOf, rest, workspace);
  const { scripts, listing: lists } = managerOf;
  if (workspace.own && server.test(verb.text) && name !== 'bun') return judgeCalling(rest, managerOptions, workspace);
  if (lists.test(verb.text)) return judgeCalling(rest, listing, workspace);
  if (scripts.test(verb.text)) return judgeScript(name, rest, workspace);
  if (!/^run(-script)?$/.test(verb.text)) return undefined;
  const at = scriptAt(rest);
  const script = rest[at];
  const before = judgeCalling(rest.slice(0, at), managerOptions, workspace);
  if (!script || before !== allowed) return before;
  if (script.fixed && (goal.test(script.text) || (workspace.own && server.test(script.text))))
    return judgeScript(name, rest.slice(at + 1), workspace);
  return ask(
    'unknown-script',
    `Scripts that build, check or test run without asking; "${script.text}" is none by its name.`,
  );
}

/** Where the script is named, after options and their values. */
function scriptAt(args: Arg[]): number {
  const valued = new Set(['--loglevel', '-w', '--workspace']);
  const at = args.findIndex((arg, i) => !arg.text.startsWith('-') && !valued.has(args[i - 1]?.text ?? ''));
  return at < 0 ? args.length : at;
}

/** What may follow a script's name: npm takes options before `--` for its own, the others pass them on. */
const afterScript: Calling = { ...managerOptions, operands: 'paths', afterDashes: scriptArguments };
const passedOn: Calling = {
  ...scriptArguments,
  flags: `${scriptArguments.flags} ${managerOptions.flags}`,
  afterDashes: scriptArguments,
};

function judgeScript(manager: string, args: Arg[], workspace: Workspace): Finding {
  return judgeCalling(args, manager === 'npm' ? afterScript : passedOn, workspace);
}

const unknownTask = (name: string, first: Arg | undefined) =>
  ask('unknown-task', `What "${name} ${first?.text ?? ''}" does is not among the tasks that run without asking.`);
