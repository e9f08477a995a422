import type { Dated } from '../../../protocol/events.ts';
import type { StationEvent } from '../../../protocol/station.ts';
import type { StationState } from '../contract.ts';

type Of<T extends StationEvent['type']> = Dated<Extract<StationEvent, { type: T }>>;

/** What becomes of the state with each of these events. */
export type StationFolds<T extends StationEvent['type']> = { [K in T]: (state: StationState, event: Of<K>) => void };

/** Takes the oldest away where there are more. */
export function keepNewest(map: Map<string, unknown>, most: number, goes: (key: string) => boolean = () => true): void {
  let over = map.size - most;
  if (over <= 0) return;
  for (const key of [...map.keys()]) {
    if (over <= 0) return;
    if (!goes(key)) continue;
    map.delete(key);
    over--;
  }
}

const CAUSES = 2000;

/** From here on the cause brings nothing more. */
export function admit(state: StationState, cause: string, item: string | undefined, at: number): void {
  state.causes.set(cause, { ...(item !== undefined && { item }), at });
  keepNewest(state.causes, CAUSES);
}
