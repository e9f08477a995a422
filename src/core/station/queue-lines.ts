import { orderedItems } from './choose.ts';
import type { Item, StationState } from './contract.ts';
import { forecast } from './forecast.ts';

export interface QueueLine {
  item: Item;
  /** When it will begin, as things stand. */
  begins?: number;
}

/** The queue as it will be worked on: what is under way, then what waits in its order, then the rest. */
export function queueLines(state: StationState, now: number): QueueLine[] {
  const options = { now, alone: (item: Item) => item.deliver !== true };
  const told = forecast(state, options);
  const order = orderedItems(state, options);
  const index = new Map(order.map(({ id }, i) => [id, i]));
  const begins = new Map<string, number>();
  let next = Number.MAX_SAFE_INTEGER;
  // What does not come by itself stands ahead of what it was put before.
  for (const { id } of order.toReversed()) {
    next = told.get(id)?.begin ?? next;
    begins.set(id, next);
  }
  const place = (item: Item) => (item.status === 'running' ? -1 : (begins.get(item.id) ?? Number.MAX_SAFE_INTEGER));
  const items = [...state.items.values()].sort(
    (a, b) => place(a) - place(b) || (index.get(a.id) ?? order.length) - (index.get(b.id) ?? order.length),
  );
  return items.map(item => {
    const begins = told.get(item.id)?.begin;
    return { item, ...(begins !== undefined && { begins }) };
  });
}
