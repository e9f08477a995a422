import { parsePlan } from '../../core/plan/parse.ts';
import { initialState, reduce } from '../../core/session/reduce.ts';
import { taskRow } from '../../dashboard/rows/work.ts';
import type { Row } from '../../protocol/dashboard-rows.ts';

/** The tasks of a plan as the dashboard would show them before any has begun; undefined while the text is no plan. */
export function planRows(text: string, roles: readonly string[]): Row<'tasks'>[] | undefined {
  const parsed = parsePlan(text, { roles: [...roles] });
  if (!parsed.ok) return undefined;
  const state = initialState();
  reduce(state, {
    v: 1,
    seq: 1,
    at: 0,
    type: 'plan-proposed',
    revision: 1,
    source: 'file',
    plan: parsed.plan,
  });
  return [...state.tasks.keys()].flatMap(id => taskRow(state, id) ?? []);
}
