import type { EventOf, EventType, JournalEvent } from '../../protocol/events.ts';

type Saying<T extends EventType, Rest extends unknown[], Said> = (
  event: EventOf<T> & Pick<JournalEvent, 'at'>,
  ...rest: Rest
) => Said | undefined;

/** What a view says of an event of each type. Whoever adds a type decides in every view whether it is worth a word. */
export type EventView<Said, Rest extends unknown[] = []> = {
  readonly [T in EventType]: Saying<T, Rest, Said> | undefined;
};

/** Types that a view passes over. */
export const nothing = <T extends EventType>(...types: T[]) =>
  Object.fromEntries(types.map(type => [type, undefined])) as Record<T, undefined>;

/** Asks a view; it says nothing of types that only another version knows. */
export function viewOf<Said, Rest extends unknown[]>(view: EventView<Said, Rest>) {
  const byType = new Map<string, ((event: never, ...rest: Rest) => Said | undefined) | undefined>(Object.entries(view));
  return (event: JournalEvent, ...rest: Rest): Said | undefined => byType.get(event.type)?.(event as never, ...rest);
}
