import type { StationRecord } from '../../core/station/contract.ts';
import { stationReader } from '../../core/station/reduce.ts';
import { stationFolder } from '../../node/session/station-folder.ts';
import type { Runtime } from '../../runtime/contract.ts';
import { sessionsIn, workspaceOf } from '../find-session.ts';
import { type Call, print, printJson, type Terminal } from '../terminal.ts';
import { stationEventLine } from './event-line.ts';

/** The log of the team that stands: what its journal holds; with --follow also what comes, until it stops. */
export async function showTeamLog(terminal: Terminal, call: Call, runtime: Runtime): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([terminal.interrupt, over.signal]);
  let last = 0;
  const show = (event: StationRecord) => {
    if (event.seq <= last) return;
    last = event.seq;
    const line = call.options.json ? undefined : stationEventLine(event, terminal.style);
    if (call.options.json) printJson(terminal, event);
    else if (line) print(terminal, line);
  };
  const hear = (event: StationRecord) => {
    show(event);
    // An earlier team's end, which the journal holds, is no end of this one.
    if (event.type === 'station-stopped') over.abort();
  };
  // What comes while the journal is read is told after it.
  const meanwhile: StationRecord[] = [];
  let read = false;
  const followed = call.options.follow
    ? await runtime.station.follow(event => (read ? hear(event) : meanwhile.push(event)), signal)
    : undefined;
  const store = stationFolder(sessionsIn(terminal, workspaceOf(terminal, call)));
  const reader = stationReader(await store.chain('read'));
  for await (const bytes of store.readJournal(0)) reader.push(bytes).forEach(show);
  if (!followed) return;
  meanwhile.forEach(hear);
  read = true;
  await followed.over;
}
