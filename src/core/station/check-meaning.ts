import type { ToldCheck } from '../session/told-checks.ts';
import { onOneCommit } from '../session/told-checks.ts';
import type { CheckRecord, StationState } from './contract.ts';
import { saidInARow } from './fold/checks.ts';
import { ended } from './fold/queue.ts';

/** So often in a row a regression is given to somebody; then a person has to look. */
const MOST_MENDED = 3;

/** What it means that a check passes or fails, after all that it has said before. */
export type Meaning =
  /** Nothing new: it passes as before, or has never passed. */
  | 'nothing'
  /** It says now this and now that of one and the same commit. */
  | 'unsteady'
  /** It fails, and was not steady: not yet to be believed. */
  | 'not-believed'
  /** What fails has passed on an earlier commit. */
  | 'regression'
  /** The same, and somebody is to mend it already. */
  | 'known'
  /** The same, and mending it has not helped. */
  | 'unmended'
  /** What had failed passes again. */
  | 'over';

export function meaningOf(state: StationState, before: CheckRecord | undefined, told: ToldCheck): Meaning {
  if (isUnsteady(before, told)) return 'unsteady';
  if (told.ok) return before?.regression ? 'over' : 'nothing';
  if (!before?.passed) return 'nothing';
  if (saidInARow(before, told.ok, false) !== undefined) return 'not-believed';
  if (!before.regression) return 'regression';
  const item = state.items.get(before.regression.item);
  if (item && !ended(item)) return 'known';
  return item?.status === 'done' && before.regression.times < MOST_MENDED ? 'regression' : 'unmended';
}

export function isUnsteady(before: CheckRecord | undefined, { ok, on, unsteady }: ToldCheck): boolean {
  if (unsteady) return true;
  const others = ok ? (before?.ok === false ? [before.failed, before.last] : []) : [before?.passed];
  return others.some(other => onOneCommit(other?.on, on));
}
