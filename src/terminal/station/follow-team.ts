import type { StationRecord, StationState } from '../../core/station/contract.ts';
import type { Runtime } from '../../runtime/contract.ts';
import { type Call, print, type Terminal } from '../terminal.ts';
import { watchStation } from './watch.ts';

/** The live picture of a team that another process runs, until it stops or the user has seen enough. */
export async function followTeam(terminal: Terminal, call: Call, runtime: Runtime): Promise<void> {
  const over = new AbortController();
  const told = new Set<(event: StationRecord) => void>();
  const signal = AbortSignal.any([terminal.interrupt, over.signal]);
  const followed = await runtime.station.follow(event => {
    for (const listener of told) listener(event);
    if (event.type === 'station-stopped') over.abort();
  }, signal);
  const state = (): StationState => followed.view.state;
  const hear = (listener: (event: StationRecord) => void) => {
    told.add(listener);
    return { dispose: () => told.delete(listener) };
  };
  await watchStation(terminal, call, { state, hear, runs: true, over: signal });
  await followed.over;
  if (over.signal.aborted) print(terminal, 'The standing team has stopped.');
}
