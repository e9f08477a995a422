import { showDuration } from '../../protocol/show.ts';
import type { ChooseOptions } from './choose.ts';
import { delay, obstacle } from './choose.ts';
import type { Item, StationState } from './contract.ts';
import { duplicateOf } from './duplicates.ts';
import { expectedMs } from './durations.ts';
import { forecast } from './forecast.ts';
import { showTime } from './show-time.ts';

const NOBODY = 'No standing team runs here: orchestrate start';

/** What somebody who has added an item should know: when it will begin, and what speaks against it. */
export function promise(state: StationState, item: Item, runs: boolean, options: ChooseOptions): string[] {
  const { now } = options;
  const said: string[] = [];
  const like = duplicateOf({ ...state, items: withoutItem(state, item) }, item);
  if (like) said.push(`${like.item.id} says ${like.same ? 'exactly' : 'nearly'} the same`);
  if (item.status === 'held') said.push(`It is held: orchestrate queue release ${item.id}`);
  else if (!runs) said.push(NOBODY);
  const why = obstacle(state, item) ?? (runs ? delay(state, item, now) : undefined);
  if (why !== undefined && state.members.size > 0) said.push(`It waits: ${why}`);
  const told = forecast(state, options).get(item.id);
  const takes = expectedMs(state, item);
  if (item.due !== undefined && now + takes > item.due) {
    said.push(`It cannot be done by ${showTime(item.due, now)}: it takes about ${showDuration(takes)}`);
  } else if (item.due !== undefined && told && told.end > item.due) {
    said.push(`It cannot be done by ${showTime(item.due, now)}: ${showDuration(told.behind)} of work before it`);
  }
  if (runs && told && item.status === 'waiting')
    said.push(told.behind < 1000 ? 'It begins now' : `It begins about ${showTime(told.begin, now)}`);
  return said;
}

function withoutItem(state: StationState, item: Item): StationState['items'] {
  const others = new Map(state.items);
  others.delete(item.id);
  return others;
}
