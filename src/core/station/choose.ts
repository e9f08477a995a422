import { hint } from '../plan/suggest.ts';
import type { Item, MemberState, StationState } from './contract.ts';
import { expectations } from './durations.ts';
import { asideRun, candidates, standingOf, targets } from './members.ts';
import { orderItems } from './order.ts';
import { showTime } from './show-time.ts';

export interface ChooseOptions {
  now: number;
  /** Whether an item's run is the only one of its kind at a time, as all that work in the same folder are. */
  alone(item: Item): boolean;
}

export interface Start {
  item: Item;
  members: MemberState[];
}

/** Why an item that waits has not begun; undefined: nothing keeps it but those before it. */
export function obstacle(state: StationState, item: Item): string | undefined {
  for (const id of item.needs) {
    const need = state.items.get(id);
    if (!need) return `needs ${id}, which is not there any more`;
    if (need.status === 'failed' || need.status === 'removed') return `needs ${id}, which ${ENDS[need.status]}`;
  }
  if (state.members.size > 0 && !item.workflow && candidates(state, item).length === 0)
    return item.target === undefined
      ? 'the team has no members'
      : `nobody in the team is "${item.target}"${hint(item.target, targets(state))}`;
  return undefined;
}

const ENDS = { failed: 'failed', removed: 'was removed' };

/** Who could do it, and takes nothing for a while. */
export function delay(state: StationState, item: Item, now: number): string | undefined {
  const able = candidates(state, item);
  const parked = able.flatMap(({ name, parked }) => (parked && parked.until > now ? [{ name, ...parked }] : []));
  if (able.length === 0 || (item.workflow ? parked.length === 0 : parked.length < able.length)) return undefined;
  const [first] = parked.sort((a, b) => a.until - b.until);
  const how = first?.broke ? 'out of money' : 'parked';
  return first && `${first.name} is ${how} until ${showTime(first.until, now)}: ${first.reason}`;
}

/** All that waits or is held, in the order in which it would be worked on if nothing kept it. */
export function orderedItems(state: StationState, options: ChooseOptions): Item[] {
  const open = [...state.items.values()].filter(({ status }) => status === 'waiting' || status === 'held');
  const coming = new Set(open.filter(item => item.status === 'waiting' && obstacle(state, item) === undefined));
  const slots = [...coming].some(item => !options.alone(item)) ? Math.max(1, state.members.size) : 1;
  const begun = (item: Item) => asideRun(state, item) !== undefined;
  const comes = (item: Item) => coming.has(item);
  return orderItems(open, { now: options.now, expected: expectations(state), slots, begun, comes });
}

/** Of these, those that could begin as soon as somebody is free. */
export const waitingItems = (state: StationState, options: ChooseOptions): Item[] =>
  orderedItems(state, options).filter(item => mayBegin(state, item, options.now));

const mayBegin = (state: StationState, item: Item, now: number): boolean =>
  item.status === 'waiting' &&
  (item.notBefore ?? 0) <= now &&
  item.needs.every(id => (state.items.get(id)?.status ?? 'done') === 'done') &&
  obstacle(state, item) === undefined;

/**
 * What begins now, and by whom. In order; who has to wait for several members at once keeps those that are free, or others
 * would take them one by one for ever.
 */
export function chooseStarts(state: StationState, options: ChooseOptions): Start[] {
  if (state.paused) return [];
  const { now, alone } = options;
  const free = new Set([...state.members.values()].filter(member => standingOf(state, member, now) === 'idle'));
  const waits = [...state.items.values()].filter(({ status }) => status === 'waiting');
  // Nobody is free for anything: the order can wait.
  if (waits.length === 0 || (free.size === 0 && !waits.some(({ workflow }) => workflow))) return [];
  const underWay = [...state.runs.values()]
    .filter(run => !run.end && !run.aside)
    .flatMap(run => state.items.get(run.item) ?? []);
  let workspaceFree = !underWay.some(alone);
  const starts: Start[] = [];
  for (const item of waitingItems(state, options)) {
    if (free.size === 0 && !item.workflow) continue;
    const able = candidates(state, item);
    const members = item.workflow ? able.filter(member => free.has(member)) : firstOf(able, free);
    const complete = item.workflow ? members.length === able.length : members.length === 1;
    const only = alone(item);
    if (complete && (workspaceFree || !only)) starts.push({ item, members });
    if (complete || item.workflow) for (const member of members) free.delete(member);
    // The place is kept for it, too.
    if (only && (complete || item.workflow)) workspaceFree = false;
  }
  return starts;
}

/** Of those who are free the one who has done least. */
function firstOf(able: readonly MemberState[], free: ReadonlySet<MemberState>): MemberState[] {
  const work = ({ done, failed }: MemberState) => done + failed;
  const found = able.filter(member => free.has(member)).sort((a, b) => work(a) - work(b));
  return found.slice(0, 1);
}
