import { type ChooseOptions, chooseStarts, waitingItems } from './choose.ts';
import type { Item, Run, StationState } from './contract.ts';
import { deadlineOf, MEDIUM, NOW } from './order.ts';

/** A run makes room so often; then it goes to its end, or it might never. */
const MOST = 3;

export interface Yield {
  run: string;
  to: Item;
}

/**
 * Which runs make room: of what is merely wanted low, those that began last, for what is for now and cannot begin otherwise;
 * as many as it takes, where it is for several members at once. Nothing that is late itself makes room, and nobody twice for
 * the same.
 */
export function chooseYields(state: StationState, options: ChooseOptions): Yield[] {
  if (state.paused) return [];
  const open = [...state.runs.values()].filter(run => !run.end && !run.aside);
  let low = open.filter(run => mayYield(state, run, options.now)).reverse();
  if (low.length === 0) return [];
  const served = new Set(open.flatMap(({ yields }) => yields ?? []));
  const urgent = waitingItems(state, options).filter(({ id, priority }) => priority >= NOW && !served.has(id));
  const yields: Yield[] = [];
  for (const item of urgent) {
    const runs = enough(low, some => begins(withoutRuns(state, some), item, options));
    low = low.filter(run => !runs.includes(run));
    yields.push(...runs.map(({ id: run }) => ({ run, to: item })));
  }
  return yields;
}

/** The fewest of the first that do: one, or of all those up to where it is enough, the ones that cannot be left out. */
function enough<T>(all: readonly T[], does: (some: readonly T[]) => boolean): readonly T[] {
  // Looked at first: who waits for somebody else is helped by nobody, and there may be many of them.
  if (!does(all)) return [];
  const one = all.find(each => does([each]));
  if (one !== undefined) return [one];
  const count = all.findIndex((_, i) => does(all.slice(0, i + 1))) + 1;
  let needed: readonly T[] = all.slice(0, count);
  for (const each of needed) {
    const others = needed.filter(other => other !== each);
    if (others.length > 0 && does(others)) needed = others;
  }
  return needed;
}

function mayYield(state: StationState, run: Run, now: number): boolean {
  const item = state.items.get(run.item);
  if (!item || item.priority >= MEDIUM || run.yields !== undefined || run.again !== undefined) return false;
  return (run.yielded ?? 0) < MOST && deadlineOf(item) > now;
}

const begins = (state: StationState, { id }: Item, options: ChooseOptions) =>
  chooseStarts(state, options).some(({ item }) => item.id === id);

/** As things would stand if they had made room. */
function withoutRuns(state: StationState, gone: readonly Run[]): StationState {
  const ids = new Set(gone.map(({ id }) => id));
  const runs = new Map([...state.runs].filter(([id]) => !ids.has(id)));
  const members = new Map(
    [...state.members].map(([name, member]) => {
      const { run: at, ...free } = member;
      return [name, at !== undefined && ids.has(at) ? free : member];
    }),
  );
  return { ...state, runs, members };
}
