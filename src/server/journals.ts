import type { Deliveries } from '../core/delivery/contract.ts';
import type { Log } from '../core/ports.ts';
import type { StationAccess } from '../runtime/contract.ts';
import { ProblemError } from './problem.ts';

/** An event of any journal. */
export interface Told {
  seq: number;
  type: string;
}

export interface Followed<S> {
  state: S;
  /** Resolves when nothing more will be told: the signal aborted, or the journal can be followed no more. */
  over?: Promise<void>;
}

/** Where a feed reads a journal: a session's, by its id, or another of the workspace. */
export interface Journals<S extends { seq: number }> {
  /** As it stands; `told` is called for each new event, after the state took it, until the signal aborts. */
  follow(id: string, told: (event: Told) => void, signal: AbortSignal): Promise<Followed<S> | undefined>;
  /** All of it, from its beginning. */
  events(id: string, signal: AbortSignal): AsyncIterable<readonly Told[]>;
}

type Numbered = { seq: number };

/** The journal of the standing team. */
export const stationJournal = (station: StationAccess): Journals<Numbered> => ({
  async follow(_, told, signal) {
    const state = { seq: 0 };
    const { seq, over, origin } = await station.follow(event => {
      state.seq = event.seq;
      told(event);
    }, signal);
    if (origin !== 'own')
      throw new ProblemError('from-elsewhere', 'The standing team of this workspace is from elsewhere.');
    state.seq = Math.max(seq, state.seq);
    return { state, over };
  },
  events: (_, signal) => station.events(signal),
});

/** The journal of what becomes of accepted work. */
export const deliveryJournal = (deliveries: Deliveries, log: Log): Journals<Numbered> => ({
  async follow(_, told, signal) {
    const state = { seq: (await deliveries.state()).seq };
    const go = async () => {
      for await (const records of deliveries.follow(signal))
        for (const record of records) {
          if (record.seq <= state.seq) continue;
          state.seq = record.seq;
          told(record);
        }
    };
    return { state, over: go().catch(error => log.write('warn', 'the deliveries can no longer be followed', error)) };
  },
  events: (_, signal) => deliveries.records(signal),
});
