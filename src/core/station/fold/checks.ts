import { checkKey, saidInARow } from '../check-record.ts';
import type { Said } from '../contract.ts';
import { keepNewest, type StationFolds } from './fold.ts';
import { tell } from './team.ts';

const CHECKS = 500;

export const checkFolds: StationFolds<'check-seen'> = {
  'check-seen'(state, { run, workflow, task, check, ok, on, unsteady, note, at }) {
    const key = checkKey({ workflow, task, check });
    const before = state.checks.get(key);
    const last: Said = { run, at, ...(on && { on }) };
    const passed = ok ? last : before?.passed;
    const failed = ok ? undefined : (before?.failed ?? last);
    const row = saidInARow(before, ok, unsteady === true);
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
      ...(!ok && !unsteady && before?.regression && { regression: before.regression }),
    });
    keepNewest(state.checks, CHECKS);
    if (note !== undefined) tell(state, { level: ok ? 'info' : 'warning', text: note, at });
  },
};
