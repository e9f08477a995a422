import { originOf } from '../../core/session/origin.ts';
import type { EventReader } from '../../core/session/read.ts';
import type { Origin } from '../../core/session/seal.ts';
import type { StationRecord, StationState } from '../../core/station/contract.ts';
import { initialStation } from '../../core/station/initial.ts';
import { reduceStation, stationReader } from '../../core/station/reduce.ts';
import type { SessionFolder } from './session-folder.ts';

export interface ReadStation {
  state: StationState;
  reader: EventReader<StationRecord>;
  origin: Origin;
}

/** A standing team as its journal tells it. Of one from elsewhere nothing is taken. */
export async function readStation(store: SessionFolder): Promise<ReadStation> {
  const state = initialStation();
  const reader = stationReader(await store.chain('read'));
  for await (const bytes of store.readJournal(0)) for (const event of reader.push(bytes)) reduceStation(state, event);
  const origin = originOf(reader);
  return origin === 'own'
    ? { state, reader, origin }
    : { state: initialStation(), reader: stationReader(undefined), origin };
}

const NEWLINE = 10;

/**
 * What a standing team becomes, from its journal, until the signal aborts. Where the journal was compacted meanwhile, it
 * is read from its beginning, and `told` hears of the snapshot alone.
 */
export async function followStation(
  store: SessionFolder,
  view: { state: StationState },
  told: (event: StationRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  let wake = Promise.withResolvers<void>();
  const poke = () => wake.resolve();
  signal.addEventListener('abort', poke);
  const watcher = store.watchJournal(poke);
  let reader = stationReader(await store.chain('read'));
  let seen = view.state.seq;
  view.state = initialStation();
  try {
    while (!signal.aborted) {
      wake = Promise.withResolvers<void>();
      if (reader.broken || !(await goesOn(store, reader.offset))) {
        reader = stationReader(await store.chain('read'));
        view.state = initialStation();
      }
      reader.rewind();
      for await (const bytes of store.readJournal(reader.offset, signal))
        for (const event of reader.push(bytes)) {
          reduceStation(view.state, event);
          if (event.seq <= seen) continue;
          seen = event.seq;
          told(event);
        }
      if (!reader.broken) await wake.promise;
    }
  } finally {
    watcher.dispose();
    signal.removeEventListener('abort', poke);
  }
}

/** Whether the journal still has a whole line before that place. */
async function goesOn(store: SessionFolder, offset: number): Promise<boolean> {
  if (offset === 0) return true;
  for await (const bytes of store.readJournal(offset - 1)) return bytes[0] === NEWLINE;
  return false;
}
