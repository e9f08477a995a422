import type { CommandPattern } from './patterns.ts';
import { commandPattern } from './patterns.ts';
import type { Simple } from './simple.ts';
import { walkLine } from './walk.ts';

const words = (text: string) => new Set(text.split(' '));

/** Tools whose second word says what is done, so that a person who sees both knows what they allow. */
const withVerbs = words(
  'npm pnpm yarn bun deno go cargo uv poetry pip pip3 git docker dotnet swift mix bundle composer rake rails make gradle mvn cmake ' +
    'rustup conda tox nox just task nx turbo lerna prisma',
);
/** Run a script or a tool that the second word names. */
const runners = words('npx bunx node python python3 tsx ts-node ruby php');
/** Take options of their own that let in other code, wherever these stand before `--`. */
const managers = words('npm pnpm yarn bun npx bunx');

/**
 * The beginning of a line that a person may allow, whatever follows: `npm run *`. Undefined where the line is no single
 * command, or where its first words do not say what is done.
 */
export function prefixOf(line: string): string | undefined {
  const { commands, findings } = walkLine(line);
  const [command, more] = commands;
  if (!command || more || findings.length > 0 || command.assignments.length > 0) return undefined;
  const [head, second] = command.args;
  if (!head?.fixed || !second?.fixed || head.glob || second.glob) return undefined;
  const isVerb = withVerbs.has(head.text) && /^[a-z][\w:.-]*$/.test(second.text);
  const isScript = runners.has(head.text) && /^[\w@][\w@./-]*$/.test(second.text);
  return isVerb || isScript ? `${head.text} ${second.text} *` : undefined;
}

/** Whether a command begins as was allowed, and does not let in other code by an option of the manager's. */
export function prefixPattern(prefix: string): CommandPattern {
  const matches = commandPattern(prefix);
  const fixed = prefix.split(' ').length - 1;
  return command => matches(command) && !(managers.has(prefix.split(' ')[0] ?? '') && hasOptions(command, fixed));
}

function hasOptions({ args }: Simple, from: number): boolean {
  const rest = args.slice(from);
  const end = rest.findIndex(arg => arg.text === '--');
  return rest.slice(0, end < 0 ? undefined : end).some(arg => arg.text.startsWith('-'));
}
