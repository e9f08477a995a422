import type { EventOf } from '../../protocol/events.ts';
import type { Check } from '../../protocol/plan.ts';
import { kindOf } from '../plan/task-kinds.ts';
import type { TaskState } from './state.ts';

type CheckRun = EventOf<'check-ended'>;

const keyOf = (check: Check): string => JSON.stringify(check);

/** How the checks of a round went: what a check said that the task has now; one that was cut off said nothing. */
export function checksOf({ task, checks }: TaskState, round: number | undefined): CheckRun[] {
  const said = checks.filter(run => run.round === round && !run.interrupted);
  const wanted = new Set(kindOf(task).checks(task).map(keyOf));
  return wanted.size === 0 ? said : said.filter(run => wanted.has(keyOf(run.check)));
}

/** What each check said last, where some ran again. */
export const lastWords = (runs: readonly CheckRun[]): CheckRun[] => [
  ...new Map(runs.map(run => [keyOf(run.check), run])).values(),
];

/** The checks that have not said anything yet. */
export function checksLeft(checks: readonly Check[], done: readonly CheckRun[]): Check[] {
  const said = done.map(run => keyOf(run.check));
  return checks.filter(check => {
    const at = said.indexOf(keyOf(check));
    if (at < 0) return true;
    said.splice(at, 1);
    return false;
  });
}
