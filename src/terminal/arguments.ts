import { parseArgs } from 'node:util';
import { own } from '../core/own.ts';
import { closest } from '../core/plan/suggest.ts';
import { type CommandName, type CommandSpec, commands } from './command-table.ts';
import type { Call } from './terminal.ts';

export type Parsed =
  | { kind: 'command'; name: CommandName; words: string[]; options: Call['options'] }
  | { kind: 'help'; name?: CommandName }
  | { kind: 'version' }
  /** For people: what is wrong, and what was probably meant. */
  | { kind: 'wrong'; message: string };

const isCommand = (word: string): word is CommandName => Object.hasOwn(commands, word);

/** Reads the command line (without program and script). */
export function parseCommandLine(argv: readonly string[]): Parsed {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help' };
  if (first === '--version' || first === '-v') return { kind: 'version' };
  if (first === 'help') {
    const topic = rest[0];
    if (topic === undefined) return { kind: 'help' };
    return isCommand(topic) ? { kind: 'help', name: topic } : unknownCommand(topic);
  }
  if (!isCommand(first)) return unknownCommand(first);
  const spec: CommandSpec = commands[first];
  const known = { ...spec.options, ...poolOptions(spec, rest), help: { short: 'h', help: '' } };
  const { tokens, positionals } = parseArgs({
    args: [...rest],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(known).map(([name, option]) => [
        name,
        {
          type: 'value' in option && option.value ? ('string' as const) : ('boolean' as const),
          ...(option.short && { short: option.short }),
        },
      ]),
    ),
  });
  const options: Call['options'] = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = own(known as Record<string, { value?: string; many?: boolean }>, token.name);
    if (!option) {
      const near = closest(token.name, Object.keys(known));
      return wrong(
        `"${token.rawName}" is not an option of "${first}"${near ? `; did you mean "--${near}"?` : ''}`,
        first,
      );
    }
    if (token.name === 'help') return { kind: 'help', name: first };
    if (
      option.value &&
      (token.value === undefined || (!token.inlineValue && token.value.startsWith('-') && token.value !== '-'))
    ) {
      return wrong(`"${token.rawName}" needs a value: ${token.rawName} ${option.value}`, first);
    }
    if (!option.value && token.value !== undefined) return wrong(`"${token.rawName}" takes no value`, first);
    const before = options[token.name];
    const again = 'many' in option && typeof before === 'string';
    options[token.name] = option.value ? (again ? `${before}\n${token.value}` : (token.value as string)) : true;
  }
  return { kind: 'command', name: first, words: positionals, options };
}

/** `--codex-pool a,b` names a pool in its own name: which pools there are, the line itself says. */
function poolOptions(
  { pools }: CommandSpec,
  words: readonly string[],
): Record<string, { value: string; help: string }> {
  if (!pools) return {};
  const named = words.flatMap(word => /^--(.+-pool)(?:=.*)?$/s.exec(word)?.[1] ?? []);
  return Object.fromEntries(named.map(name => [name, { value: 'MEMBER,…', help: '' }]));
}

function wrong(message: string, command: CommandName): Parsed {
  return { kind: 'wrong', message: `${message}\nSee: orchestrate ${command} --help` };
}

function unknownCommand(word: string): Parsed {
  const near = closest(word, Object.keys(commands));
  return {
    kind: 'wrong',
    message: `There is no command "${word}"${near ? `; did you mean "${near}"?` : ''}\nSee: orchestrate --help`,
  };
}
