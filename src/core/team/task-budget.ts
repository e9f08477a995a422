import type { NanoUsd } from '../../protocol/ids.ts';
import type { SessionState, TaskState } from '../session/state.ts';

/**
 * What a task leaves its next agent: all attempts and rounds spend from the one budget, one agent after the other. An
 * agent whose limit was raised has raised the task's by as much.
 */
export function budgetLeft(state: SessionState, task: TaskState, budgetUsd: number): NanoUsd {
  let budget = Math.min(Math.round(budgetUsd * 1e9), Number.MAX_SAFE_INTEGER);
  let spent = 0;
  for (const id of new Set(task.rounds.map(({ agent }) => agent))) {
    const raised = state.budget.limits.find(({ scope, key }) => scope === 'agent' && key === id);
    if (raised) budget = Math.max(budget, spent + raised.limit);
    spent += state.agents.get(id)?.tally.cost ?? 0;
  }
  return Math.max(0, budget - spent);
}
