import { forbidden } from './forbid.ts';
import { permittedEverywhere } from './permit.ts';
import type { Workspace } from './places.ts';
import type { CompiledRules } from './rules.ts';
import { nameOf, type Simple } from './simple.ts';
import { atStart } from './standing.ts';
import { allowed, ask, atLeastAsk, type Finding, never, worst } from './verdict.ts';

/** Words and switches, nothing that either shell of Windows gives a meaning to. */
const plainLine = /^[\w./\\:=@,+ -]+$/;
const wipes = new Set([
  'del',
  'erase',
  'rd',
  'rmdir',
  'remove-item',
  'ri',
  'rm',
  'clear-content',
  'format-volume',
  'clear-disk',
]);
const restarts =
  /^(stop-computer|restart-computer|stop-process|taskkill|invoke-expression|iex|start-process|set-executionpolicy|new-service|set-itemproperty)$/;

/**
 * Judges lines of cmd.exe and PowerShell. Their quoting has no parser here, so that only lines without any are
 * allowed; in all others the words are searched for what is refused, and the rest is a question.
 */
export function judgePlainShell(line: string, workspace: Workspace, rules: CompiledRules): Finding {
  const parts = line
    .split(/[&|;\n(){}]+/)
    .map(part => part.trim())
    .filter(Boolean);
  const commands = parts.map(simple);
  const refused = worst(commands.map(command => refuses(command, workspace, rules)));
  const [command] = commands;
  if (refused.verdict === 'deny') return refused;
  if (commands.some(rules.ask))
    return { ...atLeastAsk(refused, 'user-ask', 'A rule of the user asks about it.'), ownRule: true };
  if (refused.verdict !== 'allow') return refused;
  if (!command || commands.length > 1 || !plainLine.test(line))
    return ask('unusual-syntax', 'Give one command with plain words, without quotes, pipes or variables.');
  if (rules.allow(command)) return allowed;
  const name = command.args[0]?.text ?? '';
  return (
    permittedEverywhere(command, name, workspace) ??
    ask(
      'unknown-command',
      `"${name.slice(0, 60)}" is not among the commands that run without asking. Where one of your own tools does the same, use that one.`,
    )
  );
}

function simple(part: string): Simple {
  const args = part.split(/\s+/).map(text => ({
    text: text.replace(/["'^`]/g, ''),
    fixed: !/[%$!*?]/.test(text),
    glob: /[*?]/.test(text),
    runs: [],
  }));
  return { args, assignments: [], redirections: [], input: [], at: atStart };
}

function refuses(command: Simple, workspace: Workspace, rules: CompiledRules): Finding {
  if (rules.deny(command)) return never('user-deny', 'A rule of the user refuses it.');
  const name = nameOf(command).toLowerCase();
  const lower: Simple = {
    ...command,
    args: command.args.map((arg, i) => (i === 0 ? { ...arg, text: arg.text.toLowerCase() } : arg)),
  };
  if (restarts.test(name))
    return never('changes-the-system', "Work on files of the workspace; the machine is the user's to change.");
  if (wipes.has(name) && command.args.some(arg => /^(\/[sq]|-r\w*|-recurse|-force)$/i.test(arg.text)))
    return never('deletes-everything', 'Delete single files with delete_file.');
  const bad = forbidden(lower, workspace);
  return bad && (bad.final || bad.firm || !rules.allow(command)) ? bad : allowed;
}
