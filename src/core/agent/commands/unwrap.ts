import { type Arg, nameOf, type Simple, type Standing, unknownArg } from './simple.ts';
import { entered } from './standing.ts';
import { ask, type Finding } from './verdict.ts';
import { type Walk, walkLine } from './walk.ts';

/** What a command runs in turn. */
export interface Unwrapped extends Walk {
  /** The wrapper adds nothing of its own: what it runs decides. */
  clear: boolean;
  /** It would, but for fetching a program that is not there. */
  fetches?: boolean;
}

interface Wrapper {
  /** Options that take a word of their own. */
  valued?: RegExp;
  /** Options that change nothing about what is run. */
  harmless: RegExp;
  /** Words before the command that are no options. */
  operands?: number;
  assignments?: boolean;
  /** Words nobody knows are added at the end. */
  adds?: boolean;
  /** Not clear even when its options are. */
  unclear?: boolean;
  /** Clear only with this option. */
  needs?: RegExp;
}

const wrappers: Record<string, Wrapper> = {
  // Without its environment a command is without what keeps git from running programs of a repository.
  env: {
    harmless: /^(?!)/,
    valued: /^(-u|--unset|-C|--chdir|-S|--split-string)$/,
    assignments: true,
  },
  command: { harmless: /^-p$/ },
  builtin: { harmless: /^$/ },
  exec: { harmless: /^-l$/, valued: /^-a$/ },
  time: { harmless: /^-p$/, valued: /^-[fo]$/ },
  nohup: { harmless: /^$/, unclear: true },
  setsid: { harmless: /^-[cfw]+$/, unclear: true },
  nice: { harmless: /^(-\d+|-n-?\d+|--adjustment=-?\d+)$/, valued: /^-n$/ },
  ionice: { harmless: /^-c\d$/, valued: /^-[cnp]$/ },
  timeout: {
    harmless: /^(-v|--verbose|--foreground|--preserve-status|--signal=\w+|--kill-after=[\d.]+[smhd]?)$/,
    valued: /^-[sk]$/,
    operands: 1,
  },
  stdbuf: { harmless: /^-[ioe][0L]$/ },
  xargs: { harmless: /^(-[0rt]+|-[nPLI]\S+)$/, valued: /^-[adEInLPs]$/, adds: true },
  busybox: { harmless: /^$/, unclear: true },
  toybox: { harmless: /^$/, unclear: true },
  watch: { harmless: /^-[a-z]+$/, valued: /^-n$/, unclear: true },
  strace: { harmless: /^-f$/, valued: /^-[eops]$/, unclear: true },
  flock: { harmless: /^-[a-z]+$/, valued: /^-[wE]$/, operands: 1, unclear: true },
  parallel: { harmless: /^$/, adds: true, unclear: true },
  // It would fetch what is not installed.
  npx: {
    harmless: /^(--no|--no-install|--quiet|-q)$/,
    valued: /^(-p|--package|-c|--call)$/,
    needs: /^--no(-install)?$/,
  },
};

/** Run a program that is installed for the project, and install none. */
const wrappingVerbs: Record<string, string> = { poetry: 'run', bundle: 'exec', pnpm: 'exec' };

export const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'rbash', 'fish']);
const plainly = 'Run the command itself.';

/** Takes a command that runs others apart; undefined for one that does not. */
export function unwrap(command: Simple): Unwrapped | undefined {
  const name = nameOf(command);
  if (shells.has(name)) return unwrapShell(command);
  if (name === 'eval') return unwrapText(command.args.slice(1), command.at);
  if (name === 'trap') return unwrapText(command.args.slice(1, 2), 'unknown', true);
  if (name === 'find') return unwrapFind(command);
  if (name === 'command' && /^-[vV]/.test(command.args[1]?.text ?? '')) return undefined;
  const verb = Object.hasOwn(wrappingVerbs, name) ? wrappingVerbs[name] : undefined;
  if (verb !== undefined && command.args[1]?.fixed && command.args[1].text === verb)
    return unwrapPlain({ ...command, args: command.args.slice(1) }, { harmless: /^(?!)/ });
  const wrapper = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
  return wrapper && unwrapPlain(command, wrapper);
}

function unwrapPlain(command: Simple, wrapper: Wrapper): Unwrapped | undefined {
  const { args } = command;
  const findings: Finding[] = [];
  const assignments = [...command.assignments];
  let standing = command.at;
  let clear = !wrapper.unclear;
  let at = 1;
  for (; at < args.length; at++) {
    const arg = args[at] as Arg;
    const assigned = wrapper.assignments && /^([A-Za-z_]\w*)=/.exec(arg.text);
    if (arg.text === '--' && arg.fixed) {
      at++;
      break;
    }
    if (assigned) {
      const [start, name = ''] = assigned;
      assignments.push({ name, value: arg.text.slice(start.length), fixed: arg.fixed });
    } else if (!arg.text.startsWith('-') || arg.text.length < 2) {
      if (arg.text !== '-') break;
      clear = false;
    } else if (wrapper.valued?.test(arg.text)) {
      // What the option says may be a command, a folder or a file.
      if (!/^-[nsk]$/.test(arg.text)) clear = false;
      at++;
      if (/^(-C|--chdir)$/.test(arg.text)) standing = entered(standing, args.slice(at, at + 1));
    } else if (!wrapper.harmless.test(arg.text)) {
      clear = false;
      // Written together with its folder.
      if (/^(-C|--chdir=)/.test(arg.text)) standing = 'unknown';
    }
  }
  for (let skipped = 0; wrapper.operands && skipped < wrapper.operands; skipped++) at++;
  const rest = args.slice(at);
  if (rest.length === 0) return undefined;
  // What is expanded may be several words, and the command among them.
  if (!args.slice(1, at).every(arg => arg.fixed && !arg.glob)) clear = false;
  const fetches =
    clear && wrapper.needs !== undefined && !args.slice(1, at).some(arg => arg.fixed && wrapper.needs?.test(arg.text));
  if (fetches) clear = false;
  if (wrapper.adds) rest.push(unknownArg('$@'));
  const inner: Simple = { ...command, args: rest, assignments, redirections: [], at: standing };
  delete inner.document;
  return { commands: [inner], findings, clear, fetches };
}

function unwrapShell(command: Simple): Unwrapped | undefined {
  const { args, document } = command;
  const at = args.findIndex((arg, i) => i > 0 && /^-[a-z]*c[a-z]*$/.test(arg.text));
  if (at > 0) {
    const options = args.slice(1, at).every(arg => arg.fixed && /^(-[eux]+|--norc|--noprofile)$/.test(arg.text));
    const inner = unwrapText(args.slice(at + 1, at + 2), command.at);
    return {
      ...inner,
      clear:
        inner.clear &&
        options &&
        /^(sh|bash|dash)$/.test(nameOf(command)) &&
        args.length <= at + 2 &&
        /^-[eux]*c$/.test(args[at]?.text ?? ''),
    };
  }
  if (document !== undefined) return { ...walkLine(document, command.at), clear: false };
  return undefined;
}

function unwrapText(args: Arg[], at: Standing, unclear = false): Unwrapped {
  if (args.length === 0 || !args.every(arg => arg.fixed && !arg.glob))
    return {
      commands: args.flatMap(arg => arg.runs),
      findings: [ask('unknown-command', `What is run is only known when it runs. ${plainly}`)],
      clear: false,
    };
  return { ...walkLine(args.map(arg => arg.text).join(' '), at), clear: !unclear };
}

const findRuns = /^-(exec|execdir|ok|okdir)$/;

function unwrapFind(command: Simple): Unwrapped | undefined {
  const { args } = command;
  const commands: Simple[] = [];
  for (let at = 1; at < args.length; at++) {
    if (!findRuns.test(args[at]?.text ?? '')) continue;
    const end = args.findIndex((arg, i) => i > at && (arg.text === ';' || arg.text === '+'));
    const words = args
      .slice(at + 1, end < 0 ? undefined : end)
      .map(arg => (arg.text.includes('{}') ? { ...arg, fixed: false } : arg));
    const standing = /dir$/.test(args[at]?.text ?? '') ? 'unknown' : command.at;
    if (words.length > 0) commands.push({ ...command, args: words, assignments: [], redirections: [], at: standing });
  }
  if (commands.length === 0) return undefined;
  return {
    commands,
    findings: [ask('finds-and-runs', 'List the files with list_files, then name them.')],
    clear: false,
  };
}

/** A command that starts with something nobody knows. */
export function unknownName(command: Simple): Finding | undefined {
  const name = command.args[0];
  if (!name || (name.fixed && !name.glob)) return undefined;
  return ask('unknown-command', `Which command is run is only known when it runs. ${plainly}`);
}
