import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadRoles } from '../core/agent/roles/roles.ts';
import type { DeliveryState } from '../core/delivery/state.ts';
import { oneLine } from '../core/plain.ts';
import type { SessionState } from '../core/session/state.ts';
import { NodeProjectTexts } from '../node/project-texts.ts';
import { listSessions, readState } from '../node/session/sessions.ts';
import { type CommandSpec, commands, type Values } from './command-table.ts';
import { openFolder, sessionsIn, workspaceOf } from './find-session.ts';
import { openRuntime } from './open-runtime.ts';
import { EXIT, print, type Terminal } from './terminal.ts';

/** What may be typed next, with what it is. */
type Offer = [value: string, what?: string];
type Kind = Exclude<Values, readonly string[]>;

/** What the line says so far. */
interface Typed {
  spec: CommandSpec;
  words: string[];
  options: Record<string, string>;
}

/** Shells that read these offer what is on the disk. */
const DISK = { file: ':files', folder: ':folders' } as const;

/** `orchestrate __complete WORD… CURRENT`: a line for each thing that may stand there, for the scripts of shells. */
export async function complete(terminal: Terminal, words: readonly string[]): Promise<number> {
  const offers = await offersFor(terminal, words).catch(() => []);
  for (const [value, what] of offers) print(terminal, what === undefined ? value : `${value}\t${oneLine(what)}`);
  return EXIT.done;
}

async function offersFor(terminal: Terminal, line: readonly string[]): Promise<Offer[]> {
  const [name = '', ...rest] = line.slice(0, -1);
  const current = line.at(-1) ?? '';
  const all = Object.entries<CommandSpec>(commands);
  const named = (): Offer[] => all.map(([command, { summary }]) => [command, summary]);
  const fitting = (offers: Offer[]) => offers.filter(([value]) => value.startsWith(':') || value.startsWith(current));
  if (line.length <= 1) return fitting([...named(), ['help', 'Explain a command']]);
  if (name === 'help') return fitting(named());
  const spec = all.find(([command]) => command === name)?.[1];
  if (!spec) return [];
  const { typed, open } = read(spec, rest);
  if (open) return fitting(await valuesOf(terminal, [open], typed));
  if (current.startsWith('-')) {
    const known = Object.entries({ ...spec.options, help: { help: 'Show this' } });
    return fitting(known.map(([option, { help }]) => [`--${option}`, help]));
  }
  return fitting(await valuesOf(terminal, spec.words?.[typed.words.length] ?? [], typed));
}

/** What stands before the word under way; `open` is what that is the value of. */
function read(spec: CommandSpec, line: readonly string[]): { typed: Typed; open?: Values } {
  const typed: Typed = { spec, words: [], options: {} };
  for (let at = 0; at < line.length; at++) {
    const word = line[at] as string;
    const found = Object.entries(spec.options ?? {}).find(
      ([name, { short }]) => word === `--${name}` || word === `-${short}`,
    );
    const [name, option] = found ?? [];
    if (!word.startsWith('-')) typed.words.push(word);
    else if (name !== undefined && option?.value !== undefined) {
      const value = line[++at];
      if (value === undefined) return { typed, open: option.values ?? [] };
      typed.options[name] = value;
    }
  }
  return { typed };
}

async function valuesOf(terminal: Terminal, values: readonly Values[], typed: Typed): Promise<Offer[]> {
  const offers = await Promise.all(
    values.map(each =>
      typeof each === 'string' ? OFFERS[each](terminal, typed) : each.map((value): Offer => [value]),
    ),
  );
  return offers.flat();
}

const OFFERS: Record<Kind, (terminal: Terminal, typed: Typed) => Promise<Offer[]> | Offer[]> = {
  file: () => [[DISK.file]],
  folder: () => [[DISK.folder]],
  session: async (terminal, typed) => {
    const sessions = await listSessions(sessionsIn(terminal, workspaceOf(terminal, typed)));
    return sessions.map(({ id, goal }) => [id, goal ?? '']);
  },
  agent: async (terminal, typed) =>
    [...(await stateOf(terminal, typed)).agents.values()].map(({ agent, role, status }) => [
      agent,
      `${role}, ${status}`,
    ]),
  task: async (terminal, typed) =>
    [...(await stateOf(terminal, typed)).tasks.values()].map(({ task, status }) => [
      task.id,
      `${task.title}, ${status}`,
    ]),
  ask: async (terminal, typed) =>
    [...(await stateOf(terminal, typed)).asks.values()].map(({ ask, request }) => [
      ask,
      request.type === 'question-asked' ? request.text : request.what,
    ]),
  item: async (terminal, typed) =>
    typed.words[0] === 'remove'
      ? [...(await stateOf(terminal, typed)).queue.values()].map(({ item, text }) => [item, text])
      : [],
  change: async (terminal, typed) =>
    [...(await stateOf(terminal, typed)).files.values()].flatMap(({ path, status }): Offer[] =>
      status === 'pending' ? [[path]] : [],
    ),
  delivery: async (terminal, typed) =>
    [...(await deliveriesOf(terminal, typed)).values()].flatMap(({ delivery, title, status }): Offer[] =>
      status === 'landed' || status === 'dropped' ? [] : [[delivery, `${title}, ${status}`]],
    ),
  role: async (terminal, typed) => {
    const { roles } = await loadRoles(new NodeProjectTexts(workspaceOf(terminal, typed)));
    const { plan } = await stateOf(terminal, typed).catch(() => ({ plan: undefined }));
    const pools = Object.keys(plan?.pools ?? {}).map((pool): Offer => [pool, 'pool']);
    return [...pools, ...[...roles.values()].map(({ name, description }): Offer => [name, description])];
  },
  rehearsal: async () => {
    const folder = fileURLToPath(new URL('../../media/rehearsals', import.meta.url));
    const scripts = (await readdir(folder).catch(() => [])).filter(name => name.endsWith('.yaml'));
    return [...scripts.map((name): Offer => [name.slice(0, -'.yaml'.length)]), [DISK.file]];
  },
};

async function deliveriesOf(terminal: Terminal, { options }: Typed): Promise<DeliveryState['deliveries']> {
  const runtime = await openRuntime(terminal, { words: [], options });
  return (await (await runtime.deliveries()).state()).deliveries;
}

/** Of the session that the line names, else of the one that runs, else of the newest. */
async function stateOf(terminal: Terminal, typed: Typed): Promise<SessionState> {
  const workspace = workspaceOf(terminal, typed);
  const sessions = await listSessions(sessionsIn(terminal, workspace));
  const word = typed.options.session ?? typed.words.find(word => sessions.some(({ id }) => id === word));
  const chosen =
    sessions.find(({ id }) => id === word) ?? sessions.find(({ owner }) => owner && !owner.reviews) ?? sessions[0];
  if (!chosen) throw new Error('there is no session yet');
  return (await readState(await openFolder(terminal, workspace, chosen.id))).state;
}
