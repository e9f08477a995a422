import type { StationState } from './contract.ts';
import { isOpen, nextOpen } from './hours.ts';

/** When time alone lets a member take work; undefined: it will not, or nothing waits. */
export function wakeAt(state: StationState, now: number): number | undefined {
  if (![...state.items.values()].some(({ status }) => status === 'waiting')) return undefined;
  let soonest = Number.POSITIVE_INFINITY;
  for (const { status, notBefore } of state.items.values())
    if (status === 'waiting' && notBefore !== undefined && notBefore > now) soonest = Math.min(soonest, notBefore);
  for (const { parked, hours } of state.members.values()) {
    if (parked && parked.until > now) soonest = Math.min(soonest, parked.until);
    if (hours && !isOpen(hours, now)) soonest = Math.min(soonest, nextOpen(hours, now));
  }
  return Number.isFinite(soonest) ? soonest : undefined;
}
