import type * as z from 'zod';
import type { Envelope, EventOf, EventType } from '../../../protocol/events.ts';
import type { SessionState } from '../state.ts';

/** One handler for each of some event types; each is O(1) in the length of the journal and throws for no event. */
export type Folds<T extends EventType> = {
  [K in T]: (state: SessionState, event: EventOf<K> & z.infer<typeof Envelope>) => void;
};
