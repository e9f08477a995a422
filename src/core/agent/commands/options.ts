import { mayBeOption, pathsIn, placeOf, type Workspace } from './places.ts';
import type { Arg } from './simple.ts';
import { allowed, ask, type Finding } from './verdict.ts';

/**
 * How a tool may be called without asking: the exact options that are known to be harmless. What is not named here asks,
 * so that nobody has to know every option that runs code, loads a plugin, writes a file or opens a connection, nor the
 * ways a tool takes to spell one. Names are separated by spaces.
 */
export interface Calling {
  /** Options that stand alone. */
  flags?: string;
  /** Options that take a value, in a word of its own or after `=`, by what the value may be. */
  number?: string;
  /** Words to look for: a pattern, a filter. */
  text?: string;
  /** Names, joined by commas. */
  names?: string;
  /** A path that stays inside. */
  path?: string;
  /** One of these words, or of this form. */
  choice?: Record<string, string | RegExp>;
  /** Options whose value, if any, is in the same word: `--color=never` after `=`, `-j4` with nothing between. */
  attached?: Record<string, string | RegExp>;
  /** Letters of options that stand alone and may be joined: `-xvs`. */
  letters?: string;
  /** `any-case`: tsc takes `--OutDir` for `--outDir`. `one-dash`: Go and tsc take `-name` for `--name`. */
  spelling?: 'any-case' | 'one-dash';
  /** What words that are no options may be; none if left out. Where revisions of git lead is judged apart. */
  operands?: 'paths' | 'revisions' | RegExp;
  /** A form that paths must have, too. */
  form?: RegExp;
  /** Words that would be a subcommand, or mean something else than a file. */
  notOperands?: RegExp;
  /** One of these must be there; a tool that writes without them. */
  needs?: string;
  /** Whether `needs` only goes for calls with operands. */
  needsFor?: 'operands';
  /** What may come after `--`; further operands if left out. */
  afterDashes?: Calling;
}

type Test = (value: string) => boolean;
interface Compiled {
  flags: ReadonlySet<string>;
  values: ReadonlyMap<string, Test | 'path'>;
  attached: ReadonlyMap<string, Test>;
}

const words = (text = '') => text.split(' ').filter(Boolean);
/** What no value and no operand holds: a shell further down may read them anew. */
const meaningful = /[\n\r`;&<>"'\\!{}]|\$(?!$)/;
const plainText: Test = text => !text.startsWith('-') && !meaningful.test(text);
const number: Test = text => /^\d+(\.\d+)?(ms|s|m|h|%)?$/.test(text);
const names: Test = text => /^[\w@*][\w@.,:/*#+-]*$/.test(text) && !text.split(/[,/]/).includes('..');

function testOf(choice: string | RegExp): Test {
  if (typeof choice !== 'string') return text => choice.test(text);
  const all = new Set(words(choice));
  return text => all.has(text);
}

const compiled = new WeakMap<Calling, Compiled>();

function compile(calling: Calling): Compiled {
  const known = compiled.get(calling);
  if (known) return known;
  const values = new Map<string, Test | 'path'>();
  const kinds = { number, text: plainText, names, path: 'path' } as const;
  const key = (name: string) => spelled(name, calling);
  for (const kind of ['number', 'text', 'names', 'path'] as const)
    for (const name of words(calling[kind])) values.set(key(name), kinds[kind]);
  for (const [all, choice] of Object.entries(calling.choice ?? {}))
    for (const name of words(all)) values.set(key(name), testOf(choice));
  const attached = new Map<string, Test>();
  for (const [all, choice] of Object.entries(calling.attached ?? {}))
    for (const name of words(all)) attached.set(key(name), testOf(choice));
  const made = { flags: new Set(words(calling.flags).map(key)), values, attached };
  compiled.set(calling, made);
  return made;
}

/** An option's name as it stands in the tables, for tools that know more than one spelling. */
function spelled(name: string, { spelling }: Calling): string {
  if (spelling === undefined || !name.startsWith('-')) return name;
  const dashed = name.replace(/^--?/, '--');
  return spelling === 'any-case' ? dashed.toLowerCase() : dashed;
}

export const unusual = (arg: Arg) =>
  ask('unusual-arguments', `"${arg.text.slice(0, 80)}" is not among the arguments that are known to be harmless.`);

/** Whether a tool's arguments are all known; else a question that says which is not. */
export function judgeCalling(args: readonly Arg[], calling: Calling, workspace: Workspace): Finding {
  const { flags, values, attached } = compile(calling);
  const needed = new Set(words(calling.needs).map(name => spelled(name, calling)));
  let satisfied = needed.size === 0;
  let operands = 0;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as Arg;
    if (!arg.fixed) return unusual(arg);
    if (arg.text === '--') {
      const rest = args.slice(at + 1);
      const found = calling.afterDashes
        ? judgeCalling(rest, calling.afterDashes, workspace)
        : (rest.map(each => judgeOperand(each, calling, workspace)).find(each => each !== allowed) ?? allowed);
      if (found !== allowed) return found;
      operands += calling.afterDashes ? 0 : rest.length;
      break;
    }
    if (!/^-./.test(arg.text)) {
      operands++;
      const found = judgeOperand(arg, calling, workspace);
      if (found !== allowed) return found;
      continue;
    }
    if (arg.glob) return unusual(arg);
    const [, written = '', after] = /^([^=]*)(?:=(.*))?$/s.exec(arg.text) ?? [];
    const name = spelled(written, calling);
    if (needed.has(name)) satisfied = true;
    if (after === undefined && flags.has(name)) continue;
    const test = values.get(name);
    if (test) {
      // A short option would take `=` for a part of its value.
      if (after !== undefined && /^-[^-]$/.test(written) && calling.spelling !== 'one-dash') return unusual(arg);
      const value = after === undefined ? args[++at] : { ...arg, text: after };
      if (!value?.fixed || value.glob || !isValue(value, test, workspace)) return unusual(value ?? arg);
    } else if (!isAttached(arg.text, name, after, attached) && !isCluster(arg.text, calling)) return unusual(arg);
  }
  if (satisfied || (calling.needsFor === 'operands' && operands === 0)) return allowed;
  return ask('writes-files', `Without ${words(calling.needs).join(' or ')} it writes files, which nobody reviews.`);
}

const isValue = (value: Arg, test: Test | 'path', workspace: Workspace) =>
  test === 'path' ? isInside(value, workspace) : test(value.text);

function isAttached(text: string, name: string, after: string | undefined, attached: Compiled['attached']): boolean {
  const whole = attached.get(name);
  if (whole) return after === undefined || whole(after);
  return !text.startsWith('--') && attached.get(text.slice(0, 2))?.(text.slice(2)) === true;
}

const isCluster = (text: string, { letters = '' }: Calling) =>
  letters !== '' && /^-[A-Za-z]+$/.test(text) && [...text.slice(1)].every(letter => letters.includes(letter));

/** Git has patterns and magic of its own. */
const revision = /^(?!:)[^*?[\\\n]+$/;

function judgeOperand(arg: Arg, { operands, notOperands, form }: Calling, workspace: Workspace): Finding {
  if (operands === undefined || !arg.fixed || notOperands?.test(arg.text)) return unusual(arg);
  if (operands === 'revisions') return !arg.glob && revision.test(arg.text) ? allowed : unusual(arg);
  if (operands instanceof RegExp && (arg.glob || !operands.test(arg.text))) return unusual(arg);
  if (mayBeOption(arg, workspace) || (form && !form.test(arg.text))) return unusual(arg);
  return isInside(arg, workspace) ? allowed : unusual(arg);
}

/** A word with a scheme is an address, one after "@" a file with more options, one before "=" a variable. */
const noFile = /^[A-Za-z][A-Za-z\d+.-]*:(?!:|\d+(:\d+)?$)|^@|^[A-Za-z_]\w*=/;

/** Whether a word, taken as a path in whatever way, stays in the workspace and away from what is not to be read. */
function isInside(arg: Arg, workspace: Workspace): boolean {
  if (meaningful.test(arg.text) || noFile.test(arg.text) || arg.text.startsWith('-')) return false;
  return pathsIn(arg).every(part => placeOf(part, workspace) === 'inside');
}
