import { realpath } from 'node:fs/promises';
import { oneLine } from '../../core/plain.ts';
import { Name } from '../../protocol/ids.ts';
import { workflowNamed } from '../../server/api/workflows.ts';
import { type HookFile, TOLD_OF } from '../../server/hook-file.ts';
import { printOf } from '../../server/hooks/hooks-in.ts';
import { ProblemError } from '../../server/problem.ts';
import { hooksOf } from '../../server/serve.ts';
import { workspaceOf } from '../find-session.ts';
import { openRuntime } from '../open-runtime.ts';
import { table } from '../style.ts';
import { type Call, EXIT, option, print, printJson, type Terminal, UsageError } from '../terminal.ts';

const USAGE = 'Write: orchestrate hook add NAME --to URL | add NAME --workflow WORKFLOW | list | remove NAME';
const MOST_NAME = 50;

/** `orchestrate hook` */
export async function hook(terminal: Terminal, call: Call): Promise<number> {
  const [verb = 'list', name, more] = call.words;
  if (more !== undefined) throw new UsageError(USAGE);
  const hooks = hooksOf(terminal.environment);
  switch (verb) {
    case 'add':
      return add(terminal, call, hooks, nameOf(name));
    case 'list':
      return list(terminal, call, hooks);
    case 'remove':
      if (!(await hooks.remove(nameOf(name)))) throw new UsageError(`There is no hook "${oneLine(name ?? '')}".`);
      print(terminal, `Removed: ${oneLine(name ?? '')}.`);
      return EXIT.done;
    default:
      throw new UsageError(USAGE);
  }
}

async function add(terminal: Terminal, call: Call, hooks: HookFile, name: string): Promise<number> {
  const [to, workflow] = [option(call, 'to'), option(call, 'workflow')];
  if ((to === undefined) === (workflow === undefined)) throw new UsageError(USAGE);
  const createdAt = terminal.clock.now();
  const of = option(call, 'on')
    ?.split(',')
    .map(word => word.trim());
  const secret =
    to !== undefined
      ? await hooks.add({ kind: 'out', name, createdAt, url: addressOf(to), of: toldOf(of) })
      : await hooks.add({
          ...{ kind: 'in', name, createdAt },
          ...(await begins(terminal, call, workflow ?? '')),
          ...(of && { events: of }),
        });
  if (secret === undefined) throw new UsageError(`There is a hook "${name}" already. Remove it first.`);
  if (call.options.json) printJson(terminal, { name, secret });
  else {
    const told =
      to !== undefined
        ? 'What is sent there is signed with it: x-hub-signature-256.'
        : `Whoever signs with it begins the workflow: POST /hooks/${name}`;
    print(terminal, `${secret}\n${terminal.style.dim(`It is shown this once. ${told}`)}`);
  }
  return EXIT.done;
}

/** The workflow as it stands now, to which the user agrees by making a hook for it. */
async function begins(terminal: Terminal, call: Call, workflow: string) {
  const runtime = await openRuntime(terminal, call);
  try {
    const found = await workflowNamed(runtime, workflow);
    const inputs = Object.fromEntries((option(call, 'input')?.split('\n') ?? []).map(pairOf));
    for (const input of Object.keys(inputs))
      if (!Object.hasOwn(found.workflow.inputs, input))
        throw new UsageError(`The workflow "${workflow}" has no input "${input}".`);
    for (const [input, { default: usual }] of Object.entries(found.workflow.inputs))
      if (usual === undefined && !Object.hasOwn(inputs, input))
        throw new UsageError(
          `The workflow asks for ${input}: say where it stands in what is sent, as --input ${input}=issue.title`,
        );
    const folder = await realpath(workspaceOf(terminal, call));
    const scheme = call.options.plain === true ? ('plain' as const) : ('github' as const);
    return { scheme, folder, workflow, seen: printOf(found.workflow), inputs };
  } catch (error) {
    if (error instanceof ProblemError)
      throw new UsageError([error.message, ...(error.errors ?? []).map(({ message }) => message)].join('\n'));
    throw error;
  }
}

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1 || at === pair.length - 1)
    throw new UsageError(`"--input ${pair}" names no place. Write --input NAME=issue.title.`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function toldOf(said: readonly string[] | undefined): (typeof TOLD_OF)[number][] {
  const wrong = said?.find(word => !TOLD_OF.some(known => known === word));
  if (wrong !== undefined) throw new UsageError(`An address is told of ${TOLD_OF.join(', ')}, not of "${wrong}".`);
  return TOLD_OF.filter(word => said === undefined || said.includes(word));
}

/** What is told is for nobody on the way: only this machine is spoken to in the clear. */
function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const here = url && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && here)))
    throw new UsageError(`"${oneLine(text)}" is no address to tell: write an https:// one.`);
  if (url.username !== '' || url.password !== '') throw new UsageError('An address with a password in it is not kept.');
  return url.href;
}

async function list(terminal: Terminal, call: Call, hooks: HookFile): Promise<number> {
  const all = await hooks.all();
  if (call.options.json) for (const { secret: _, ...shown } of all) printJson(terminal, shown);
  else if (all.length === 0) print(terminal, 'There are no hooks.');
  else {
    const rows = all.map(each =>
      each.kind === 'out'
        ? [each.name, 'tells', new URL(each.url).origin, each.of.join(', ')]
        : [each.name, 'begins', each.workflow, each.folder],
    );
    print(terminal, table([['NAME', '', 'WHAT', 'WHERE'], ...rows.map(row => row.map(cell => oneLine(cell)))]));
  }
  return EXIT.done;
}

function nameOf(name: string | undefined): string {
  const parsed = Name.max(MOST_NAME).safeParse(name);
  if (parsed.success) return parsed.data;
  throw new UsageError(name === undefined ? USAGE : `"${oneLine(name)}" is no name for a hook.`);
}
