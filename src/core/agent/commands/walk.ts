import type {
  AndOr,
  Command,
  ParsedScript,
  Pipeline,
  PipelineNode,
  Redirection as Redirect,
  SyntaxNode,
  Word,
} from 'unbash';
import { forEachChild, parse } from 'unbash';
import type { Arg, Simple, Standing } from './simple.ts';
import { unknownArg } from './simple.ts';
import { type After, afterCommand, atStart, either, unmoved } from './standing.ts';
import { ask, type Finding, never } from './verdict.ts';

/** All simple commands of a line, at whatever depth, and what was found between them. */
export interface Walk {
  commands: Simple[];
  findings: Finding[];
}

/** A walk under way: where the next command stands, and where the last one left the shell. */
interface Walking extends Walk {
  at: Standing;
  after: After;
}

/** Constructs whose parts are judged one by one, with nothing left to judge in themselves. */
const transparent = new Set([
  'Pipeline',
  'If',
  'Elif',
  'While',
  'Subshell',
  'BraceGroup',
  'CompoundList',
  'Redirected',
]);
const plain = 'Write plain commands, joined by "&&", ";" or "|".';

/** Parses a line and takes it apart. What is not understood is a finding. */
export function walkLine(line: string, at: Standing = atStart): Walk {
  const walk: Walking = { commands: [], findings: [], at, after: unmoved(at) };
  try {
    readScript(parse(line), walk);
  } catch {
    // Nested without end, or longer than anyone would read.
    walk.findings.push(notUnderstood);
  }
  return walk;
}

function add(command: Simple, walk: Walking): void {
  if (walk.commands.push(command) > maxCommands) throw new RangeError('too many commands');
}

/** More than this in one line is a program, which nobody reads in a question either. */
const maxCommands = 300;

const notUnderstood = ask('not-understood', `The line could not be understood as a whole. ${plain}`);
const odd = (what: string) => ask('unusual-syntax', `${what} cannot be judged beforehand. ${plain}`);

function readScript(script: ParsedScript | undefined, walk: Walking): Simple[] {
  if (!script) {
    walk.findings.push(notUnderstood);
    return [];
  }
  if (script.errors?.length) walk.findings.push(notUnderstood);
  return script.commands.flatMap(statement => {
    if (!statement.background) return readNode(statement.command, [], walk);
    walk.findings.push(ask('background', 'A command in the background outlives its answer. Run it in the foreground.'));
    return inSubshell(walk, () => readNode(statement.command, [], walk));
  });
}

/** What is run in a shell of its own leaves ours where it is. */
function inSubshell<T>(walk: Walking, read: () => T): T {
  const { at } = walk;
  const result = read();
  leave(walk, unmoved(at));
  return result;
}

function leave(walk: Walking, after: After): void {
  walk.after = after;
  walk.at = either(after.done, after.failed);
}

/** The simple commands right in a node. `input` is what is piped into it. */
function readNode(node: SyntaxNode, input: Simple[], walk: Walking): Simple[] {
  if (node.type === 'Command') return [readCommand(node, input, walk)];
  if (node.type === 'Statement') return readScript({ ...emptyScript, commands: [node] }, walk);
  if (node.type === 'Pipeline') return readPipeline(node, input, walk);
  if (node.type === 'AndOr') return readAndOr(node, input, walk);
  if (node.type === 'Subshell') return inSubshell(walk, () => readParts(node, input, walk));
  if (node.type === 'Redirected') {
    const { at } = walk;
    const body = readNode(node.command, input, walk);
    const { after } = walk;
    const found = inSubshell(walk, () => redirections(node.redirects, walk));
    leave(walk, after);
    const carrier: Simple = { args: [], assignments: [], input, at, ...found };
    add(carrier, walk);
    return [...body, carrier];
  }
  if (node.type === 'Function') {
    // Nobody knows from where it will be called, or where it leads.
    leave(walk, unmoved('unknown'));
    const body = readNode(node.body, [], walk);
    leave(walk, unmoved('unknown'));
    const itself = body.some(command => command.args[0]?.text === node.name.value);
    walk.findings.push(
      itself ? never('fork-bomb', 'A function that calls itself without end is not run.') : odd('A function'),
    );
    return body;
  }
  if (node.type === 'For' && plainVariable.test(node.name.text)) return readBranches(node, input, walk);
  if (!transparent.has(node.type)) walk.findings.push(odd(`The construct "${node.type}"`));
  return sequential.has(node.type) ? readParts(node, input, walk) : readBranches(node, input, walk);
}

/** A variable that no program takes for more than that. */
const plainVariable = /^(f|file|i|j|n|x|dir|name|item|word|line)$/;

/** Its parts run one after the other, all of them. */
const sequential = new Set(['BraceGroup', 'CompoundList', 'Subshell']);

function readParts(node: SyntaxNode, input: Simple[], walk: Walking): Simple[] {
  const all: Simple[] = [];
  forEachChild(node, child => {
    if (child.type === 'Word') readWord(child, walk);
    else if (isCommandLike(child)) all.push(...readNode(child, input, walk));
    else substitutions(child, walk);
  });
  return all;
}

/** Its parts may run or not, and more than once. */
function readBranches(node: SyntaxNode, input: Simple[], walk: Walking): Simple[] {
  const { at: before } = walk;
  const all: Simple[] = [];
  let at = before;
  forEachChild(node, child => {
    walk.at = at;
    if (child.type === 'Word') readWord(child, walk);
    else if (isCommandLike(child)) all.push(...readNode(child, input, walk));
    else substitutions(child, walk);
    at = either(at, walk.at);
  });
  if (at !== before && (node.type === 'While' || node.type === 'For'))
    walk.findings.push(odd('A loop that changes the folder in which it stands'));
  leave(walk, unmoved(at));
  return all;
}

/** After `&&` one stands where a command that went well has led, after `||` where one that did not has. */
function readAndOr({ commands, operators }: AndOr, input: Simple[], walk: Walking): Simple[] {
  let { done, failed } = unmoved(walk.at);
  const all: Simple[] = [];
  for (const [i, command] of commands.entries()) {
    const operator = operators[i - 1];
    if (operator) walk.at = operator === '&&' ? done : failed;
    all.push(...readNode(command, input, walk));
    const { after } = walk;
    if (!operator) ({ done, failed } = after);
    else if (operator === '&&') [done, failed] = [after.done, either(failed, after.failed)];
    else [done, failed] = [either(done, after.done), after.failed];
  }
  leave(walk, { done, failed });
  return all;
}

const emptyScript = { type: 'Script' as const, pos: 0, end: 0, shebang: undefined };

function isCommandLike(node: SyntaxNode): node is PipelineNode {
  return (
    node.type === 'Command' ||
    node.type === 'Statement' ||
    node.type === 'Function' ||
    node.type === 'Coproc' ||
    compound.has(node.type)
  );
}
const compound = new Set([
  ...transparent,
  'AndOr',
  'For',
  'ArithmeticFor',
  'Select',
  'Case',
  'CaseItem',
  'TestCommand',
  'ArithmeticCommand',
]);

function readPipeline({ commands, prefixes }: Pipeline, input: Simple[], walk: Walking): Simple[] {
  const { at } = walk;
  let before = input;
  const all = commands.flatMap(node => {
    walk.at = at;
    before = readNode(node, before, walk);
    return before;
  });
  // Each part runs in a shell of its own, in some shells all but the last; "!" turns well and not well around.
  if (commands.length > 1 || prefixes.length > 0) leave(walk, unmoved(either(at, walk.at)));
  return all;
}

function readCommand(node: Command, input: Simple[], walk: Walking): Simple {
  const { at } = walk;
  const args: Arg[] = node.name ? [readWord(node.name, walk)] : [];
  const assignments: Simple['assignments'] = [];
  for (const part of node.prefix)
    if (part.type === 'Assignment') {
      const value = part.value.type === 'Word' ? readWord(part.value, walk) : unknownArg('');
      const fixed = value.fixed && !part.index;
      if (!fixed) substitutions(part, walk);
      assignments.push({ name: part.name, value: value.text, fixed });
    }
  for (const arg of node.args) {
    if (arg.type === 'Word') args.push(readWord(arg, walk));
    else {
      const value = arg.value.type === 'Word' ? readWord(arg.value, walk) : unknownArg('');
      args.push({ ...value, text: arg.text, fixed: value.fixed && !arg.index });
    }
  }
  const command: Simple = { args, assignments, input, at, ...redirections(node.redirects, walk) };
  add(command, walk);
  leave(walk, afterCommand(args, at));
  return command;
}

function redirections(redirects: readonly Redirect[], walk: Walking): Pick<Simple, 'redirections' | 'document'> {
  const found: Simple['redirections'] = [];
  const documents: string[] = [];
  for (const redirect of redirects) {
    if (redirect.descriptor?.type === 'FileDescriptorVariable') walk.findings.push(odd('A named file descriptor'));
    if (redirect.type === 'Redirect') {
      found.push({ operator: redirect.operator, target: redirect.target && readWord(redirect.target, walk) });
      continue;
    }
    walk.findings.push(ask('document', 'Give no document to a command. Write a file with write_file, and name it.'));
    if (redirect.type === 'HereString') {
      const target = redirect.target && readWord(redirect.target, walk);
      documents.push(target?.fixed ? target.text : '');
    } else {
      const body = unknownArg('');
      for (const part of redirect.body.parts ?? []) readPart(part, body, walk);
      documents.push(redirect.body.text);
    }
  }
  return { redirections: found, ...(documents.length > 0 ? { document: documents.join('\n') } : {}) };
}

function readWord(word: Word, walk: Walking): Arg {
  const arg: Arg = { text: word.value, fixed: true, glob: false, runs: [] };
  for (const part of word.parts ?? []) readPart(part, arg, walk);
  return arg;
}

function readPart(part: SyntaxNode, arg: Arg, walk: Walking): void {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
      return;
    case 'Glob':
      arg.glob = true;
      return;
    case 'DoubleQuoted':
      for (const inner of part.parts) readPart(inner, arg, walk);
      return;
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      arg.fixed = false;
      arg.runs.push(...inSubshell(walk, () => readScript(part.script, walk)));
      return;
    case 'SimpleExpansion':
      arg.fixed = false;
      return;
    case 'ParameterExpansion':
      if (part.operation || part.prefix || part.index) break;
      arg.fixed = false;
      return;
    default:
      break;
  }
  // Expansions with operators can assign, run and hide; shells differ on the quotes and braces among them.
  arg.fixed = false;
  walk.findings.push(odd(`The expansion "${'text' in part ? part.text : part.type}"`));
  substitutions(part, walk);
}

/** Commands anywhere below a node that is not itself taken apart. */
function substitutions(node: SyntaxNode, walk: Walking): void {
  forEachChild(node, child => {
    if (child.type === 'Script') inSubshell(walk, () => readScript(child, walk));
    else if (isCommandLike(child)) inSubshell(walk, () => readNode(child, [], walk));
    else substitutions(child, walk);
  });
}
