import { type ChooseOptions, obstacle, orderedItems } from './choose.ts';
import type { Item, StationState } from './contract.ts';
import { expectations } from './durations.ts';
import { nextOpen } from './hours.ts';
import { candidates } from './members.ts';

export interface Forecast {
  begin: number;
  end: number;
  /** How much work comes before it. */
  behind: number;
}

/** A run never takes less than this share of what was expected, however long it has run. */
const LEAST_LEFT = 0.1;

/** When each item that waits will begin and end, if everything takes as long as it usually does. */
export function forecast(state: StationState, options: ChooseOptions): Map<string, Forecast> {
  const { now, alone } = options;
  const expectedOf = expectations(state);
  const freeAt = new Map<string, number>();
  for (const { name, parked, hours } of state.members.values()) {
    const from = Math.max(now, parked?.until ?? 0);
    freeAt.set(name, hours ? nextOpen(hours, from) : from);
  }
  let workspaceFreeAt = now;
  /** When what is under way, or comes before, is done. */
  const ends = new Map<string, number>();
  for (const run of state.runs.values()) {
    const item = state.items.get(run.item);
    if (run.end || run.aside || !item) continue;
    const expected = expectedOf(item);
    const end = now + Math.max(expected * LEAST_LEFT, run.startedAt + expected - now);
    ends.set(item.id, end);
    for (const name of run.members) freeAt.set(name, end);
    if (alone(item)) workspaceFreeAt = Math.max(workspaceFreeAt, end);
  }
  const told = new Map<string, Forecast>();
  const take = (item: Item) => {
    const only = alone(item);
    const able = candidates(state, item).map(({ name }) => name);
    const times = able.map(name => freeAt.get(name) ?? now);
    // As long as nobody has ever stood here, all that can be said is what comes before what.
    const all = item.workflow !== undefined || state.members.size === 0;
    const somebody = all ? Math.max(now, ...times) : Math.min(...times);
    const needs = item.needs.map(id => ends.get(id) ?? now);
    const begin = Math.max(only ? workspaceFreeAt : now, somebody, ...needs);
    if (!Number.isFinite(begin)) return;
    const end = begin + expectedOf(item);
    const chosen = item.workflow ? able : able.slice(times.indexOf(somebody), times.indexOf(somebody) + 1);
    for (const name of chosen) freeAt.set(name, end);
    if (only) workspaceFreeAt = end;
    ends.set(item.id, end);
    told.set(item.id, { begin, end, behind: Math.max(0, begin - now) });
  };
  const known = (id: string) => ends.has(id) || (state.items.get(id)?.status ?? 'done') === 'done';
  // What waits for others has its place in the order as soon as they have theirs.
  let later: Item[] = [];
  for (const item of orderedItems(state, options)) {
    if (item.status !== 'waiting' || obstacle(state, item) !== undefined) continue;
    if (!item.needs.every(known)) later.push(item);
    else {
      take(item);
      for (const other of later) if (other.needs.every(known)) take(other);
      later = later.filter(({ id }) => !told.has(id));
    }
  }
  return told;
}
