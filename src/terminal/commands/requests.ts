import { redactorOf } from '../../core/config/known-keys.ts';
import { own } from '../../core/own.ts';
import { oneLine } from '../../core/plain.ts';
import { followJournal } from '../../core/session/follow.ts';
import { dropRequest } from '../../core/session/inbox.ts';
import { readState } from '../../node/session/sessions.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import { chooseOwn, chooseSession, openFolder, workspaceOf } from '../find-session.ts';
import { table } from '../style.ts';
import { type Call, EXIT, option, print, printJson, type Terminal, UsageError } from '../terminal.ts';

const PATIENCE_MS = 15_000;
const PRIORITIES: Record<string, number> = { high: 8, medium: 5, low: 2 };

/** Hands a request to the process that owns the session and waits until it says what came of it. */
export async function ask(
  terminal: Terminal,
  call: Call,
  word: string | undefined,
  body: InboxRequest,
): Promise<number> {
  const workspace = workspaceOf(terminal, call);
  const session = await chooseOwn(terminal, workspace, word);
  const reviews = session.owner?.reviews && ['accept', 'reject', 'raise-budget'].includes(body.kind);
  if (!session.owner || (session.owner.reviews && !reviews)) {
    throw new UsageError(
      `${session.id} is not running (${session.outcome ?? 'interrupted'}), so there is nobody to ask.`,
    );
  }
  const store = await openFolder(terminal, workspace, session.id);
  const id = `r${terminal.clock.now().toString(36)}${process.pid.toString(36)}`;
  await dropRequest(store, id, terminal.clock.now(), body, redactorOf(terminal.environment));
  const timeout = AbortSignal.timeout(PATIENCE_MS);
  for await (const events of followJournal(store, AbortSignal.any([terminal.interrupt, timeout]))) {
    const handled = events.find(event => event.type === 'request-handled' && event.request === id);
    if (handled?.type !== 'request-handled') continue;
    const { ok, message } = handled;
    if (call.options.json) printJson(terminal, { request: id, ok, message });
    else
      print(
        terminal,
        oneLine(ok ? `Done${message ? `: ${message}` : ''}.` : `Not done: ${message ?? 'no reason given'}`),
      );
    return ok ? EXIT.done : EXIT.failures;
  }
  print(
    terminal,
    `Process ${session.owner.pid} has not answered within ${PATIENCE_MS / 1000} s; it will find the request when it looks.`,
  );
  return EXIT.failures;
}

export function abort(terminal: Terminal, call: Call): Promise<number> {
  const agent = option(call, 'agent');
  return ask(terminal, call, call.words[0], {
    kind: 'abort',
    ...(agent && { agent }),
    reason: 'asked from a terminal',
  });
}

export const pause = (terminal: Terminal, call: Call): Promise<number> =>
  ask(terminal, call, call.words[0], { kind: 'pause', reason: 'asked from a terminal' });

export const goOn = (terminal: Terminal, call: Call): Promise<number> =>
  ask(terminal, call, call.words[0], { kind: 'unpause' });

/** An amount in dollars as people write it; undefined where it is none. */
export function dollars(text: string): number | undefined {
  const amount = /^\$?(\d+(\.\d*)?|\.\d+)$/.exec(text.trim())?.[1];
  return amount === undefined ? undefined : Number(amount);
}

export async function queue(terminal: Terminal, call: Call): Promise<number> {
  const [verb, ...words] = call.words;
  const session = option(call, 'session');
  if (verb === 'add') {
    const text = words.join(' ').trim();
    if (text === '') throw new UsageError('Write: orchestrate queue add TEXT');
    const target = option(call, 'target');
    const priority = priorityOf(option(call, 'priority') ?? 'medium');
    return ask(terminal, call, session, { kind: 'queue-add', text, priority, ...(target && { target }) });
  }
  if (verb === 'remove') {
    const item = words[0];
    if (!item) throw new UsageError('Write: orchestrate queue remove ITEM');
    return ask(terminal, call, session, { kind: 'queue-remove', item });
  }
  if (verb !== 'list' && verb !== undefined) throw new UsageError(`queue takes add, list or remove, not "${verb}".`);
  const workspace = workspaceOf(terminal, call);
  const chosen = await chooseSession(terminal, workspace, session);
  const { state } = await readState(await openFolder(terminal, workspace, chosen.id));
  const items = [...state.queue.values()];
  if (call.options.json) for (const item of items) printJson(terminal, item);
  else if (items.length === 0) print(terminal, 'The queue is empty.');
  else
    print(
      terminal,
      table(items.map(item => [item.item, String(item.priority), item.target ?? '-', oneLine(item.text)])),
    );
  return EXIT.done;
}

function priorityOf(text: string): number {
  const number = own(PRIORITIES, text) ?? Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 10) {
    throw new UsageError(`A priority is high, medium, low or a number from 0 to 10, not "${text}".`);
  }
  return number;
}
