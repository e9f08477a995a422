import type { ToldCheck } from '../session/told-checks.ts';
import { onOneCommit } from '../session/told-checks.ts';
import type { CheckRecord, StationState } from './contract.ts';
import { groundlessOf, saidInARow } from './fold/checks.ts';
import { ended } from './fold/queue.ts';

/** So often in a row a regression is given to somebody; then a person has to look. */
const MOST_MENDED = 3;
/** So often in a row nothing had to be written to mend it; then it comes and goes by itself. */
const MOST_GROUNDLESS = 2;

/** What it means that a check passes or fails, after all that it has said before. */
export type Meaning =
  /** Nothing new: it passes as before, or has never passed. */
  | 'nothing'
  /** It says now this and now that of one and the same commit. */
  | 'unsteady'
  /** It fails, and was not steady: not yet to be believed. */
  | 'not-believed'
  /** It fails, and the last times nothing had to be written for it to pass again. */
  | 'groundless'
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
  const item = before.regression && state.items.get(before.regression.item);
  if (item && !ended(item)) return 'known';
  // One that has failed often enough in a row is believed all the same.
  const tried = item === undefined || item.status === 'done';
  if (tried && before.unsteady === undefined && groundlessOf(state, before) >= MOST_GROUNDLESS) return 'groundless';
  if (!before.regression) return 'regression';
  return item?.status === 'done' && before.regression.times < MOST_MENDED ? 'regression' : 'unmended';
}

export function isUnsteady(before: CheckRecord | undefined, { ok, on, unsteady }: ToldCheck): boolean {
  if (unsteady) return true;
  const others = ok ? (before?.ok === false ? [before.failed, before.last] : []) : [before?.passed];
  return others.some(other => onOneCommit(other?.on, on));
}
