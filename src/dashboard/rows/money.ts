import type { SessionState } from '../../core/session/state.ts';
import { budgetId } from '../../core/session/touched.ts';
import type { Row } from '../../protocol/dashboard-rows.ts';
import type { BudgetScope } from '../../protocol/events.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import { given } from './given.ts';
import { tallyView } from './work.ts';

const DEFAULT_ALERT = 0.8;

function spentIn(state: SessionState, scope: BudgetScope, key: string): number | undefined {
  switch (scope) {
    case 'session':
      return state.tally.cost;
    case 'agent':
      return state.agents.get(key)?.tally.cost ?? 0;
    case 'provider':
      return state.providers.get(key)?.tally.cost ?? 0;
    case 'day':
      // Other sessions spend of it too: what this one knows is what it was told last.
      return state.budget.alerts.findLast(alert => alert.scope === scope && alert.key === key)?.spent;
  }
}

function heldIn(state: SessionState, scope: BudgetScope, key: string): number {
  let held = 0;
  for (const { intent } of state.openCalls.values()) {
    if (scope === 'agent' && intent.agent !== key) continue;
    if (scope === 'provider' && providerOf(intent.model) !== key) continue;
    held += intent.reserved ?? 0;
  }
  return held;
}

export function budgetRow(state: SessionState, id: string): Row<'budget'> | undefined {
  const found = state.budget.limits.find(({ scope, key }) => budgetId(scope, key) === id);
  if (!found) return undefined;
  const { scope, key, limit } = found;
  const { alerts, spent, alertAt } = state.budget;
  return {
    id,
    scope,
    key,
    limit,
    held: heldIn(state, scope, key),
    alertAt: alertAt ?? DEFAULT_ALERT,
    // A limit that was raised since is a new one.
    alerted: alerts.some(alert => alert.scope === scope && alert.key === key && alert.limit === limit),
    exhausted: spent?.scope === scope && spent.key === key,
    ...given({ spent: spentIn(state, scope, key) }),
  };
}

export function providerRow(
  state: SessionState,
  id: string,
  runs = state.status !== 'ended',
): Row<'providers'> | undefined {
  const provider = state.providers.get(id);
  if (!provider) return undefined;
  return {
    id,
    live: runs,
    tally: tallyView(provider.tally),
    switchesAway: provider.switchesAway,
    parked: provider.parked.map(({ model, until, error, reason }) => ({ until, error, reason, ...given({ model }) })),
    breakers: Object.entries(provider.breakers).map(([model, breaker]) => ({ model, state: breaker })),
    // The list goes on changing in place.
    recent: [...(state.history.latencies.get(id) ?? [])],
    ...given({ health: provider.health }),
  };
}

export function modelRow(state: SessionState, id: string): Row<'models'> | undefined {
  const tally = state.models.get(id);
  return tally && { id, tally: tallyView(tally) };
}
