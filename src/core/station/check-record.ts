import type { WorkflowCheck } from '../../protocol/station.ts';
import type { ToldCheck } from '../session/told-checks.ts';
import { onOneCommit } from '../session/told-checks.ts';
import type { CheckRecord, StationState } from './contract.ts';
import { ended } from './fold/queue.ts';

/** A check that was not steady is trusted again when it has said the same so often in a row. */
const STEADY = 3;
/** So often in a row a regression is given to somebody; then a person has to look. */
const MOST_MENDED = 3;

export const checkKey = ({ workflow, task, check }: WorkflowCheck): string => JSON.stringify([workflow, task, check]);

/** How often it has said the same in a row since it was not steady; undefined: it is steady. */
export function saidInARow(before: CheckRecord | undefined, ok: boolean, unsteady: boolean): number | undefined {
  if (unsteady) return 1;
  if (before?.unsteady === undefined) return undefined;
  const times = before.ok === ok ? before.unsteady + 1 : 1;
  return times >= STEADY ? undefined : times;
}

/** What it found is work for the queue. */
export function isFiled(state: StationState, check: WorkflowCheck, item: string): void {
  const record = state.checks.get(checkKey(check));
  if (record) record.regression = { item, times: (record.regression?.times ?? 0) + 1 };
}

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
