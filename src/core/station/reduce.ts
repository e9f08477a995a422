import { STATION_VERSION, StationEvent } from '../../protocol/station.ts';
import { eventTable } from '../session/event-table.ts';
import type { JournalKind } from '../session/journal.ts';
import { EventReader } from '../session/read.ts';
import type { SealChain } from '../session/seal.ts';
import type { StationRecord, StationState } from './contract.ts';
import { checkFolds } from './fold/checks.ts';
import type { StationFolds } from './fold/fold.ts';
import { queueFolds } from './fold/queue.ts';
import { runFolds } from './fold/runs.ts';
import { teamFolds } from './fold/team.ts';
import { initialStation } from './initial.ts';

const folds: StationFolds<StationEvent['type']> = { ...queueFolds, ...runFolds, ...checkFolds, ...teamFolds };
const byType = new Map<string, (state: StationState, event: never) => void>(Object.entries(folds));

/** Folds one event into the state, in place. */
export function reduceStation(state: StationState, event: StationRecord): void {
  byType.get(event.type)?.(state, event as never);
  state.seq = event.seq;
  state.lastAt = Math.max(state.lastAt, event.at);
}

const stationEvents = eventTable<StationRecord>(StationEvent, STATION_VERSION, 'station-snapshot');

export const stationReader = (chain: SealChain | undefined): EventReader<StationRecord> =>
  new EventReader(stationEvents, chain);

/** The journal of a standing team. */
export const stationKind: JournalKind<StationState, StationEvent> = {
  version: STATION_VERSION,
  initialState: initialStation,
  reduce: reduceStation,
  reader: stationReader,
};
