import type { WorkflowCheck } from '../../../protocol/station.ts';
import type { CheckRecord, Said, StationState } from '../contract.ts';
import { keepNewest, type StationFolds } from './fold.ts';
import { tell } from './team.ts';

/** A check that was not steady is trusted again when it has said the same so often in a row. */
const STEADY = 3;

const CHECKS = 500;

export const checkKey = ({ workflow, task, check }: WorkflowCheck): string => JSON.stringify([workflow, task, check]);

/** How often it has said the same in a row since it was not steady; undefined: it is steady. */
export function saidInARow(before: CheckRecord | undefined, ok: boolean, unsteady: boolean): number | undefined {
  if (unsteady) return 1;
  if (before?.unsteady === undefined) return undefined;
  const times = before.ok === ok ? before.unsteady + 1 : 1;
  return times >= STEADY ? undefined : times;
}

/** How often in a row those who were to mend it had nothing to write, the last one counted where it is over. */
export function groundlessOf(state: StationState, { regression, groundless = 0 }: CheckRecord): number {
  const item = regression && state.items.get(regression.item);
  const wrote = item?.status === 'done' ? state.runs.get(item.runs.at(-1) ?? '')?.end?.wrote : undefined;
  return wrote === undefined ? groundless : wrote ? 0 : groundless + 1;
}

/** What it found is work for the queue. */
export function isFiled(state: StationState, check: WorkflowCheck, item: string): void {
  const record = state.checks.get(checkKey(check));
  if (!record) return;
  record.groundless = groundlessOf(state, record);
  record.regression = { item, times: (record.regression?.times ?? 0) + 1 };
}

export const checkFolds: StationFolds<'check-seen'> = {
  'check-seen'(state, { run, workflow, task, check, ok, on, unsteady, note, at }) {
    const key = checkKey({ workflow, task, check });
    const before = state.checks.get(key);
    const last: Said = { run, at, ...(on && { on }) };
    const passed = ok ? last : before?.passed;
    const failed = ok ? undefined : (before?.failed ?? last);
    const row = saidInARow(before, ok, unsteady === true);
    const over = ok || unsteady === true;
    const groundless = before && over ? groundlessOf(state, before) : before?.groundless;
    state.checks.delete(key);
    state.checks.set(key, {
      workflow,
      task,
      check,
      ok,
      last,
      ...(passed && { passed }),
      ...(failed && { failed }),
      ...(row !== undefined && { unsteady: row }),
      ...(groundless !== undefined && groundless > 0 && { groundless }),
      ...(!over && before?.regression && { regression: before.regression }),
    });
    keepNewest(state.checks, CHECKS);
    if (note !== undefined) tell(state, { level: ok ? 'info' : 'warning', text: note, at });
  },
};
