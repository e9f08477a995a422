import type { Item } from './contract.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** From this priority on, work is for now. */
export const NOW = 8;
/** From this priority on, work is for today. */
export const MEDIUM = 4;

/** High is now (10 at once, each step below an hour later), medium within a day, low within a week; `due` goes before. */
export function deadlineOf({ due, priority, addedAt }: Pick<Item, 'due' | 'priority' | 'addedAt'>): number {
  if (due !== undefined) return due;
  if (priority >= NOW) return addedAt + (10 - priority) * HOUR;
  return addedAt + (priority >= MEDIUM ? DAY : 7 * DAY);
}

export interface OrderContext {
  now: number;
  /** How long an item will take. */
  expected(item: Item): number;
  /** How many pieces of work are done side by side. */
  slots: number;
  /** Whether it had begun before it made room for something else. */
  begun?(item: Item): boolean;
  /** Whether its turn will come: what is held, or waits for what never will be, keeps its place and hastens nothing. */
  comes?(item: Item): boolean;
}

/** Who goes first: what is late or would be, what has waited longer than it should, and the rest. */
type Band = 0 | 1 | 2;

interface Placed {
  item: Item;
  band: Band;
  slack: number;
}

/**
 * The order in which work is begun: what is overdue or would become so, by slack; then by priority, then by age. Where a
 * person has put an item, there it stands.
 */
export function orderItems(items: readonly Item[], context: OrderContext): Item[] {
  const { comes = () => true } = context;
  const coming = items.filter(comes);
  const deadlines = inheritedDeadlines(coming, context);
  const atRisk = endangered(coming, deadlines, context);
  const placed = items.map(item => place(item, deadlines.get(item.id) ?? deadlineOf(item), atRisk, context));
  placed.sort(
    (a, b) =>
      a.band - b.band ||
      (a.band < 2 ? a.slack - b.slack : b.item.priority - a.item.priority) ||
      a.item.addedAt - b.item.addedAt ||
      numberOf(a.item) - numberOf(b.item),
  );
  return moved(placed.map(({ item }) => item));
}

function place(
  item: Item,
  deadline: number,
  atRisk: ReadonlySet<string>,
  { now, expected, begun }: OrderContext,
): Placed {
  const slack = deadline - now - expected(item);
  if (item.priority >= NOW || atRisk.has(item.id)) return { item, band: 0, slack };
  // What was for now is done: it has its place back.
  if (begun?.(item)) return { item, band: 1, slack };
  if (item.due !== undefined || slack > 0) return { item, band: 2, slack };
  // What has waited twice as long as it should waits no longer, or it might for ever.
  const allowed = deadlineOf(item) - item.addedAt;
  return { item, band: now - item.addedAt >= 2 * allowed ? 0 : 1, slack };
}

/** What others wait for is due when they could still be done in time. */
function inheritedDeadlines(items: readonly Item[], { expected }: OrderContext): Map<string, number> {
  const deadlines = new Map(items.map(item => [item.id, item.due ?? Number.POSITIVE_INFINITY]));
  // Needs name items that were there before: from the last to the first, each is settled before what it needs.
  for (const item of items.toSorted((a, b) => numberOf(b) - numberOf(a))) {
    const latest = (deadlines.get(item.id) ?? Number.POSITIVE_INFINITY) - expected(item);
    for (const need of item.needs) {
      const known = deadlines.get(need);
      if (known !== undefined) deadlines.set(need, Math.min(known, latest));
    }
  }
  for (const [id, deadline] of deadlines) if (deadline === Number.POSITIVE_INFINITY) deadlines.delete(id);
  return deadlines;
}

/**
 * Of those with a deadline, the ones that would miss it were anything else begun before them: as many as are due one after
 * the other have to fit in, and the longest of the others with them.
 */
function endangered(
  items: readonly Item[],
  deadlines: ReadonlyMap<string, number>,
  { now, expected, slots }: OrderContext,
): Set<string> {
  const due = items
    .filter(item => deadlines.has(item.id))
    .sort((a, b) => (deadlines.get(a.id) as number) - (deadlines.get(b.id) as number));
  const longest = Math.max(0, ...items.map(expected));
  let work = 0;
  let last = -1;
  for (const [i, item] of due.entries()) {
    work += expected(item) / Math.max(1, slots);
    if (now + work + longest >= (deadlines.get(item.id) as number)) last = i;
  }
  return new Set(due.slice(0, last + 1).map(({ id }) => id));
}

/** Puts items where people put them, in the order in which they did. */
function moved(order: Item[]): Item[] {
  const moves = order.filter(({ moved }) => moved).sort((a, b) => (a.moved?.move ?? 0) - (b.moved?.move ?? 0));
  for (const item of moves) {
    order.splice(order.indexOf(item), 1);
    const before = item.moved?.before;
    const at = before === undefined ? -1 : order.findIndex(({ id }) => id === before);
    // What it was put before may have begun: then it is the first of those that wait.
    order.splice(before === undefined ? order.length : Math.max(0, at), 0, item);
  }
  return order;
}

/** Items are numbered as they come. */
const numberOf = ({ id }: Pick<Item, 'id'>): number => Number(id.slice(1)) || 0;
