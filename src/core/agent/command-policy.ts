import { claimsOf } from './claims.ts';
import { forbidden } from './commands/forbid.ts';
import { hiddenCharacters } from './commands/hidden.ts';
import { npxFinds } from './commands/installed.ts';
import { permitted } from './commands/permit.ts';
import { type LineNotes, placeOf, type Workspace } from './commands/places.ts';
import { judgePlainShell } from './commands/plain-shell.ts';
import { reading } from './commands/reading.ts';
import { judgeRedirection } from './commands/redirect.ts';
import { type CommandRules, type CompiledRules, compileRules } from './commands/rules.ts';
import type { Simple } from './commands/simple.ts';
import { unknownName, unwrap } from './commands/unwrap.ts';
import { allowed, ask, atLeastAsk, type Finding, whereHeld, worst } from './commands/verdict.ts';
import { type Walk, walkLine } from './commands/walk.ts';
import type { CommandJudge, CommandVerdict } from './contract.ts';

export interface CommandPolicy extends Workspace {
  /** Which language the lines are in. */
  shell: 'posix' | 'cmd' | 'powershell';
  rules?: CommandRules | undefined;
}

/** Wrappers in wrappers in wrappers are nobody's honest work. */
const maxDepth = 8;
/** Beyond these a line would hold up everything else while it is judged. */
const maxLength = 8000;
const maxNesting = 100;

/**
 * Makes the judge of command lines. It takes a line apart and judges every command in it; what it does not
 * understand becomes a question, never a permission. The user's rules apply to each command on its own: deny before
 * ask before allow, and none of them lifts what is never done. It is no sandbox: tests run the workspace's own code.
 */
export function createCommandJudge(policy: CommandPolicy): CommandJudge {
  const rules = compileRules(policy.rules ?? {});
  return (line, folder, hold = 'none', writes = []) => {
    const notes: LineNotes = { written: new Set(), started: new Set() };
    const workspace: Workspace = {
      ...policy,
      ...(folder !== undefined && { folder }),
      held: hold === 'sandbox',
      line: notes,
      claims: claimsOf(writes).allows,
    };
    const hidden = hiddenCharacters(line);
    const found =
      hidden ??
      (policy.shell === 'posix' ? judgeLine(line, workspace, rules) : judgePlainShell(line, workspace, rules));
    const placed =
      folder === undefined || leadsInside(folder, policy) ? found : atLeastAsk(found, 'leaves-the-workspace', STAY);
    if (hold === 'outside') return plain(atLeastAsk(placed, 'outside-sandbox', OUTSIDE));
    return {
      ...plain(placed),
      ...(placed.rule === 'git' && { outside: true }),
      ...(notes.written.size > 0 && { writes: [...notes.written] }),
    };
  };
}

const STAY = 'Run it in a folder of the workspace.';
const OUTSIDE = 'It asks to run outside of the sandbox, with all that you may do.';

const leadsInside = (folder: string, policy: CommandPolicy) =>
  placeOf({ text: folder, fixed: true, glob: false, runs: [] }, policy) === 'inside';

function plain({ verdict, rule, advice, ownRule }: Finding): CommandVerdict {
  return { verdict, rule, advice, ...(ownRule && { ownRule }) };
}

/** The gravest of what was found, as it counts where the command is run. */
const weigh = (findings: readonly Finding[], { held }: Workspace): Finding =>
  worst(held ? findings.map(whereHeld) : findings);

function judgeLine(line: string, workspace: Workspace, rules: CompiledRules): Finding {
  return weigh([lineFinding(line, workspace, rules)], workspace);
}

function lineFinding(line: string, workspace: Workspace, rules: CompiledRules): Finding {
  if (line.length > maxLength || (line.match(/[(`]/g)?.length ?? 0) > maxNesting)
    return ask('too-long', 'Nobody can judge a line of this size. Write a script with write_file, and run that.');
  const walk = walkLine(line);
  if (walk.commands.length === 0 && walk.findings.length === 0)
    return ask('not-understood', 'The line holds no command.');
  const found = judgeWalk(walk, workspace, rules, 0);
  if (found.verdict !== 'allow') return found;
  if (!accountedFor(line, walk)) return ask('not-understood', 'The line looks as if it ran more than it says.');
  return startsWhatItWrote(workspace.line) ? ask('changed-script', 'It starts what it has just written.') : found;
}

function startsWhatItWrote({ written, started }: LineNotes = { written: new Set(), started: new Set() }): boolean {
  return [...written].some(file => [...started].some(script => `${script}/`.startsWith(`${file}/`)));
}

/** A second look at what would be allowed: no substitution in the text that was not found in the parse. */
function accountedFor(line: string, walk: Walk): boolean {
  if (!/[`]|[$<>]\(|\$\{/.test(line)) return true;
  return walk.commands.some(command => command.args.some(arg => !arg.fixed));
}

function judgeWalk(walk: Walk, workspace: Workspace, rules: CompiledRules, depth: number): Finding {
  if (depth > maxDepth) return ask('not-understood', 'Too many commands inside of commands.');
  const between = walk.findings.filter(finding => !answered(finding, walk, workspace));
  return weigh(
    [...between, ...walk.commands.map(command => judgeCommand(command, workspace, rules, depth))],
    workspace,
  );
}

/** Questions between the commands that do not arise where we run the line ourselves. */
function answered({ rule }: Finding, { commands }: Walk, { own }: Workspace): boolean {
  // What it leaves running ends with it.
  if (rule === 'background') return own !== undefined;
  return rule === 'document' && own !== undefined && commands.every(takesDocument);
}

/** Commands that only read do with a document what they do with a file. */
const takesDocument = ({ document, args: [head] }: Simple) =>
  document === undefined || (head !== undefined && Object.hasOwn(reading, head.text));

function judgeCommand(command: Simple, around: Workspace, rules: CompiledRules, depth: number): Finding {
  const workspace = { ...around, at: command.at };
  const attached = [
    ...command.redirections.map(redirection => judgeRedirection(redirection, workspace)),
    ...command.assignments.map(judgeAssignment),
  ];
  return weigh([judgeItself(command, workspace, rules, depth), ...attached], workspace);
}

function judgeItself(command: Simple, workspace: Workspace, rules: CompiledRules, depth: number): Finding {
  if (command.args.length === 0) return allowed;
  if (rules.deny(command))
    return { verdict: 'deny', rule: 'user-deny', advice: 'A rule of the user refuses it.', final: true };
  const found = forbidden(command, workspace);
  const bad = found && workspace.held && whereHeld(found) === allowed ? undefined : found;
  const inner = unwrap(command);
  const below = inner ? judgeWalk(inner, workspace, rules, depth + 1) : allowed;
  const refused = worst([bad ?? allowed, below]);
  if (refused.final) return refused;
  if (rules.ask(command) || refused.ownRule)
    return { ...atLeastAsk(refused, 'user-ask', 'A rule of the user asks about it.'), ownRule: true };
  if (rules.allow(command) && command.args.every(arg => arg.fixed)) return bad?.firm ? bad : allowed;
  if (bad) return bad;
  if (inner)
    return inner.clear || (inner.fetches && npxFinds(inner.commands[0] ?? command, workspace))
      ? below
      : atLeastAsk(below, 'runs-commands', 'Run the command itself.');
  return unknownName(command) ?? permitted(command, workspace);
}

/** Variables that only change how much is said, and how. */
const harmlessVariables =
  /^(CI|NODE_ENV|FORCE_COLOR|NO_COLOR|TZ|LANG|LC_[A-Z]+|DEBUG|VERBOSE|TERM|COLUMNS|LINES|RUST_BACKTRACE|RUST_LOG|PYTHONDONTWRITEBYTECODE|PYTHONUNBUFFERED|PYTHONHASHSEED|TS_NODE_PRETTY|CARGO_TERM_COLOR|PORT)$/;

/** Makefiles put what a variable holds into command lines as it stands. */
const plainValue = /^(?![/~])(?!.*\.\.)[\w.,:*@+=/-]*$/;

function judgeAssignment({ name, value, fixed }: Simple['assignments'][number]): Finding {
  if (fixed && harmlessVariables.test(name) && plainValue.test(value)) return allowed;
  return ask('environment', `Setting "${name}" can change what a command runs.`);
}
