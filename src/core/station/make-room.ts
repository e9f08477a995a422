import { type ChooseOptions, chooseStarts, obstacle, waitingItems } from './choose.ts';
import type { Item, Run, StationState } from './contract.ts';
import { deadlineOf, MEDIUM, NOW } from './order.ts';

/** A run makes room so often; then it goes to its end, or it might never. */
const MOST = 3;

export interface Yield {
  run: string;
  to: Item;
}

/**
 * Which runs make room: of what is merely wanted low, the one that began last, for what is for now and cannot begin otherwise.
 * Nothing that is late itself makes room, and nobody twice for the same.
 */
export function chooseYields(state: StationState, options: ChooseOptions): Yield[] {
  if (state.paused) return [];
  const open = [...state.runs.values()].filter(run => !run.end && !run.aside);
  const low = open.filter(run => mayYield(state, run, options.now)).reverse();
  if (low.length === 0) return [];
  const served = new Set(open.flatMap(({ yields }) => yields ?? []));
  const urgent = waitingItems(state, options).filter(
    item => item.priority >= NOW && !served.has(item.id) && obstacle(state, item) === undefined,
  );
  const yields: Yield[] = [];
  for (const item of urgent) {
    const at = low.findIndex(run => begins(withoutRun(state, run), item, options));
    const [run] = at < 0 ? [] : low.splice(at, 1);
    if (run) yields.push({ run: run.id, to: item });
  }
  return yields;
}

function mayYield(state: StationState, run: Run, now: number): boolean {
  const item = state.items.get(run.item);
  if (!item || item.priority >= MEDIUM || run.yields !== undefined || run.again !== undefined) return false;
  return (run.yielded ?? 0) < MOST && deadlineOf(item) > now;
}

const begins = (state: StationState, { id }: Item, options: ChooseOptions) =>
  chooseStarts(state, options).some(({ item }) => item.id === id);

/** As things would stand if it had made room. */
function withoutRun(state: StationState, run: Run): StationState {
  const runs = new Map(state.runs);
  runs.delete(run.id);
  const members = new Map(
    [...state.members].map(([name, member]) => {
      const { run: at, ...free } = member;
      return [name, at === run.id ? free : member];
    }),
  );
  return { ...state, runs, members };
}
