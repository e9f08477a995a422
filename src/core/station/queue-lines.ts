import type { Item, StationState } from './contract.ts';
import { forecast } from './forecast.ts';

export interface QueueLine {
  item: Item;
  /** When it will begin, as things stand. */
  begins?: number;
}

/** The queue as it will be worked on: what is under way, then what waits in its order, then the rest. */
export function queueLines(state: StationState, now: number): QueueLine[] {
  const told = forecast(state, { now, alone: item => item.deliver !== true });
  const order = new Map([...told.keys()].map((id, i) => [id, i]));
  const place = (item: Item) =>
    item.status === 'running' ? -1 : (told.get(item.id)?.begin ?? Number.MAX_SAFE_INTEGER);
  const items = [...state.items.values()].sort(
    (a, b) => place(a) - place(b) || (order.get(a.id) ?? -1) - (order.get(b.id) ?? -1),
  );
  return items.map(item => {
    const begins = told.get(item.id)?.begin;
    return { item, ...(begins !== undefined && { begins }) };
  });
}
