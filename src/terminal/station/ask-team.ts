import { oneLine } from '../../core/plain.ts';
import type { StationRequest } from '../../protocol/station.ts';
import type { Runtime } from '../../runtime/contract.ts';
import { openRuntime } from '../open-runtime.ts';
import { type Call, EXIT, print, printJson, type Terminal } from '../terminal.ts';

/** Has a request of the standing team done, and says what came of it. */
export async function askStation(
  terminal: Terminal,
  call: Call,
  runtime: Runtime,
  body: StationRequest,
): Promise<number> {
  const { ok, message = '', request } = await runtime.station.ask(body, terminal.interrupt);
  if (call.options.json) printJson(terminal, { request, ok, message });
  else print(terminal, oneLine(`${ok ? 'Done' : 'Not done'}: ${message.replace(/[.?]?$/, end => end || '.')}`));
  return ok ? EXIT.done : EXIT.failures;
}

/** The same where a team stands and is meant: with no word all of it, else the member of that name. */
export async function askTeam(
  terminal: Terminal,
  call: Call,
  request: (member: { member?: string }) => StationRequest,
): Promise<number | undefined> {
  const runtime = await openRuntime(terminal, call);
  const { state, owner } = await runtime.station.read();
  const [word] = call.words;
  if (!owner || (word !== undefined && !state.members.has(word))) return undefined;
  return askStation(terminal, call, runtime, request(word === undefined ? {} : { member: word }));
}
