import { closest } from '../../core/plan/suggest.ts';
import type { Item, StationState } from '../../core/station/contract.ts';
import { ended } from '../../core/station/fold/queue.ts';
import { readTime } from '../../core/station/when.ts';
import type { StationRequest } from '../../protocol/station.ts';
import type { Runtime } from '../../runtime/contract.ts';
import { attachedTo } from '../attached.ts';
import { workspaceOf } from '../find-session.ts';
import { openRuntime } from '../open-runtime.ts';
import { askStation } from '../station/ask-team.ts';
import { queueRows } from '../station/lines.ts';
import { table } from '../style.ts';
import { type Call, EXIT, option, print, printJson, type Terminal, UsageError } from '../terminal.ts';
import { priorityOf } from './requests.ts';
import { sessionQueue } from './session-queue.ts';

type Verb = (terminal: Terminal, call: Call, words: string[], runtime: Runtime) => Promise<number>;

const VERBS: Readonly<Record<string, Verb>> = {
  add: (terminal, call, words, runtime) => add(terminal, call, runtime, words.join(' ')),
  list: list(item => !ended(item)),
  history: list(ended),
  edit: async (terminal, call, words, runtime) => {
    const { target, priority, due } = chosenBy(terminal, call);
    const text = option(call, 'text');
    const change = {
      ...(text && { text }),
      ...(target && { target }),
      ...(due && { due }),
      ...(priority !== undefined && { priority }),
    };
    return askStation(terminal, call, runtime, { kind: 'queue-edit', item: itemOf(words, 'edit'), ...change });
  },
  move: async (terminal, call, words, runtime) => {
    const before = option(call, 'before');
    return askStation(terminal, call, runtime, {
      kind: 'queue-move',
      item: itemOf(words, 'move'),
      ...(before && { before }),
    });
  },
  hold: simple('queue-hold'),
  release: simple('queue-release'),
  remove: simple('queue-remove'),
  retry: simple('queue-retry'),
};

/** `orchestrate queue` */
export async function queue(terminal: Terminal, call: Call): Promise<number> {
  const [verb = 'list', ...words] = call.words;
  const runtime = await openRuntime(terminal, call);
  if (option(call, 'session') !== undefined || (await onlySessionRuns(runtime, verb)))
    return sessionQueue(terminal, call);
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run) {
    const near = closest(verb, Object.keys(VERBS));
    throw new UsageError(
      `queue takes ${Object.keys(VERBS).join(', ')}, not "${verb}"${near ? `; did you mean "${near}"?` : ''}`,
    );
  }
  return run(terminal, call, words, runtime);
}

/** `orchestrate assign` */
export async function assign(terminal: Terminal, call: Call): Promise<number> {
  const text = option(call, 'send') ?? call.words.join(' ');
  return add(terminal, call, await openRuntime(terminal, call), text);
}

async function add(terminal: Terminal, call: Call, runtime: Runtime, said: string): Promise<number> {
  const body = addition(terminal, call, said);
  const { text, images } = await attachedTo(terminal, call, body.text);
  const attached = images.length > 0 && { attached: await runtime.station.keep(images) };
  return askStation(terminal, call, runtime, { ...body, text, ...attached });
}

/** Where no team stands and a session runs, whoever adds work or lists it means that session. */
async function onlySessionRuns(runtime: Runtime, verb: string): Promise<boolean> {
  if (!['add', 'list', 'remove'].includes(verb)) return false;
  const { owner, state } = await runtime.station.read();
  if (owner || state.items.size > 0) return false;
  return (await runtime.list()).some(session => session.owner && !session.owner.reviews);
}

function addition(terminal: Terminal, call: Call, text: string): Extract<StationRequest, { kind: 'queue-add' }> {
  if (text.trim() === '') throw new UsageError('Write what is to be done: orchestrate queue add "TEXT"');
  const { target, due, priority = priorityOf('medium') } = chosenBy(terminal, call);
  const needs = option(call, 'needs');
  const files = option(call, 'file')?.split('\n') ?? [];
  return {
    kind: 'queue-add',
    text: text.trim(),
    priority,
    ...(target && { target }),
    ...(due && { due }),
    ...(needs && { needs: needs.split(',').map(need => need.trim()) }),
    ...(files.length > 0 && { attachments: files.map(path => ({ kind: 'file' as const, path })) }),
    ...(call.options.deliver === true && { deliver: true }),
    ...(call.options.hold === true && { held: true }),
  };
}

/** What add and edit have in common. */
function chosenBy(terminal: Terminal, call: Call) {
  const said = option(call, 'due');
  const due = said === undefined ? undefined : readTime(said, terminal.clock.now());
  if (said !== undefined && due === undefined)
    throw new UsageError(`"${said}" is no time. Write 17:00, 2026-12-01, 2026-12-01T09:00, 90m, 3h, 2d or 1w.`);
  const priority = option(call, 'priority');
  return {
    target: option(call, 'target'),
    due,
    priority: priority === undefined ? undefined : priorityOf(priority),
  };
}

function itemOf(words: readonly string[], verb: string): string {
  const [item, more] = words;
  if (!item || more !== undefined) throw new UsageError(`Write: orchestrate queue ${verb} ITEM`);
  return item;
}

function simple(kind: 'queue-hold' | 'queue-release' | 'queue-remove' | 'queue-retry'): Verb {
  return (terminal, call, words, runtime) =>
    askStation(terminal, call, runtime, { kind, item: itemOf(words, kind.slice('queue-'.length)) });
}

function list(shown: (item: Item) => boolean): Verb {
  return async (terminal, call, _words, runtime) => {
    const { state, owner } = await runtime.station.read();
    const now = terminal.clock.now();
    const rows = queueRows(state, now).filter(({ item }) => shown(item));
    if (call.options.json) for (const { item, begins } of rows) printJson(terminal, { ...item, begins });
    else if (rows.length === 0) print(terminal, `Nothing is in the queue of ${workspaceOf(terminal, call)}.`);
    else print(terminal, table([['ITEM', 'STATE', 'PRIORITY', 'FOR', 'WORK'], ...rows.map(row => row.cells)]));
    if (!call.options.json && !owner && waiting(state))
      print(terminal, 'No standing team runs here: orchestrate start');
    return EXIT.done;
  };
}

const waiting = (state: StationState) => [...state.items.values()].some(({ status }) => status === 'waiting');
