import type { Deliveries } from '../core/delivery/contract.ts';
import type { StationAccess } from '../runtime/contract.ts';

/** An event of any journal. */
export interface Told {
  seq: number;
  type: string;
}

/** Where a feed reads a journal: a session's, by its id, or another of the workspace. */
export interface Journals<S extends { seq: number }> {
  /** As it stands; `told` is called for each new event, after the state took it, until the signal aborts. */
  follow(id: string, told: (event: Told) => void, signal: AbortSignal): Promise<{ state: S } | undefined>;
  /** All of it, from its beginning. */
  events(id: string, signal: AbortSignal): AsyncIterable<readonly Told[]>;
}

type Numbered = { seq: number };

/** The journal of the standing team. */
export const stationJournal = (station: StationAccess): Journals<Numbered> => ({
  async follow(_, told, signal) {
    const state = { seq: 0 };
    const { seq } = await station.follow(event => {
      state.seq = event.seq;
      told(event);
    }, signal);
    state.seq = Math.max(seq, state.seq);
    return { state };
  },
  events: (_, signal) => station.events(signal),
});

/** The journal of what becomes of accepted work. */
export const deliveryJournal = (deliveries: Deliveries): Journals<Numbered> => ({
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
    void go().catch(() => undefined);
    return { state };
  },
  events: (_, signal) => deliveries.records(signal),
});
