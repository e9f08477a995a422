import type { Item, StationState } from './contract.ts';

/** What a piece of work takes where nothing like it was done before. */
const ITEM_MS = 10 * 60_000;
/** A workflow's tasks partly go side by side. */
const TASK_MS = 6 * 60_000;

/** What is like it: the same workflow, or work for the same target. */
export const durationKey = (item: Pick<Item, 'workflow' | 'target'>): string =>
  item.workflow ? `workflow ${item.workflow.name}` : `for ${item.target ?? 'anyone'}`;

/** How long it will take, from first to last: half of what was like it took longer, half less. */
export function expectedMs(state: Pick<StationState, 'durations'>, item: Pick<Item, 'workflow' | 'target'>): number {
  const known = state.durations.get(durationKey(item));
  if (known && known.length > 0) return median(known);
  return item.workflow ? item.workflow.plan.tasks.length * TASK_MS : ITEM_MS;
}

/** The same for many items at once: what is alike is looked up once. */
export function expectations(state: Pick<StationState, 'durations'>): (item: Item) => number {
  const known = new Map<string, number>();
  return item => {
    const key = durationKey(item);
    const before = known.get(key);
    if (before !== undefined) return before;
    const expected = expectedMs(state, item);
    // Where nothing like it was done, workflows of one name may differ in their tasks.
    if (state.durations.has(key)) known.set(key, expected);
    return expected;
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
