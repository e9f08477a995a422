import { own } from '../../core/own.ts';
import { oneLine } from '../../core/plain.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import { PRIORITIES } from '../../protocol/station.ts';
import { chooseOwn, workspaceOf } from '../find-session.ts';
import { openRuntime } from '../open-runtime.ts';
import { askTeam } from '../station/ask-team.ts';
import { type Call, EXIT, option, print, printJson, type Terminal, UsageError } from '../terminal.ts';

/** Has a request done, by the process that owns the session or, where nobody runs it and no team is needed, here. */
export async function ask(
  terminal: Terminal,
  call: Call,
  word: string | undefined,
  body: InboxRequest,
): Promise<number> {
  const session = await chooseOwn(terminal, workspaceOf(terminal, call), word);
  const runtime = await openRuntime(terminal, call);
  const { request, ok, message, why } = await runtime.ask(session.id, body, terminal.interrupt);
  if (why === 'nobody')
    throw new UsageError(
      `${session.id} is not running (${session.outcome ?? 'interrupted'}), so there is nobody to ask.`,
    );
  if (call.options.json) printJson(terminal, { request, ok, message });
  else
    print(
      terminal,
      oneLine(
        ok
          ? done(message, request || session.outcome === 'completed' ? undefined : session.id)
          : `Not done: ${message ?? 'no reason given'}`,
      ),
    );
  return ok ? EXIT.done : EXIT.failures;
}

/** What nobody runs has to be resumed. */
function done(message: string | undefined, idle: string | undefined): string {
  const next = idle === undefined ? '' : ` Go on with: orchestrate resume ${idle}`;
  return `Done${message ? `: ${message}` : ''}.${next}`;
}

export async function abort(terminal: Terminal, call: Call): Promise<number> {
  const agent = option(call, 'agent');
  const reason = 'asked from a terminal';
  const [word] = call.words;
  // What a member is at can be ended also while it waits to be resumed.
  const told =
    word === undefined || agent !== undefined
      ? undefined
      : await askTeam(terminal, call, member => ({ kind: 'abort', ...member, reason }));
  if (told !== undefined) return told;
  return ask(terminal, call, call.words[0], {
    kind: 'abort',
    ...(agent && { agent }),
    reason,
  });
}

export async function pause(terminal: Terminal, call: Call): Promise<number> {
  const told = await askTeam(terminal, call, member => ({ kind: 'pause', ...member }));
  return told ?? ask(terminal, call, call.words[0], { kind: 'pause', reason: 'asked from a terminal' });
}

export async function goOn(terminal: Terminal, call: Call): Promise<number> {
  const told = await askTeam(terminal, call, member => ({ kind: 'unpause', ...member }));
  return told ?? ask(terminal, call, call.words[0], { kind: 'unpause' });
}

/** An amount in dollars as people write it; undefined where it is none. */
export function dollars(text: string): number | undefined {
  const amount = /^\$?(\d+(\.\d*)?|\.\d+)$/.exec(text.trim())?.[1];
  return amount === undefined ? undefined : Number(amount);
}

/** A priority as people write it. */
export function priorityOf(text: string): number {
  const number = own<number>(PRIORITIES, text) ?? Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 10) {
    throw new UsageError(`A priority is high, medium, low or a number from 0 to 10, not "${text}".`);
  }
  return number;
}
