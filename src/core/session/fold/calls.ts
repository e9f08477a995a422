import type { BudgetScope, EventOf } from '../../../protocol/events.ts';
import type { ModelRef } from '../../../protocol/ids.ts';
import { providerOf } from '../../../protocol/model-ref.ts';
import type { ProviderState, SessionState, Tally } from '../state.ts';
import { emptyTally } from '../tally.ts';
import { budgetId } from '../touched.ts';
import { freshAgent, touchAsks } from './agents.ts';
import type { Folds } from './fold.ts';
import { rememberCall } from './history.ts';

type Types =
  | 'call-intent'
  | 'call-outcome'
  | 'worker-spent'
  | 'attempt-discarded'
  | 'failover'
  | 'route-parked'
  | 'breaker'
  | 'provider-health'
  | 'budget-alert'
  | 'budget-spent'
  | 'budget-changed';

function providerState(state: SessionState, provider: string): ProviderState {
  const known = state.providers.get(provider);
  if (known) return known;
  const fresh: ProviderState = { provider, tally: emptyTally(), switchesAway: 0, parked: [], breakers: {} };
  state.providers.set(provider, fresh);
  return fresh;
}

function modelTally(state: SessionState, model: ModelRef): Tally {
  const known = state.models.get(model);
  if (known) return known;
  const fresh = emptyTally();
  state.models.set(model, fresh);
  return fresh;
}

/** Every tally a call counts in, to be changed: they add up, whoever made it. */
function talliesOf(state: SessionState, call: EventOf<'call-intent'>): Tally[] {
  const { agent, model } = call;
  const provider = providerOf(model);
  const task = call.task ?? state.agents.get(agent)?.task;
  state.touched.one('providers', provider);
  state.touched.one('models', model);
  state.touched.one('agents', agent);
  if (task !== undefined) state.touched.one('tasks', task);
  for (const { scope, key } of state.budget.limits)
    if ((scope !== 'agent' || key === agent) && (scope !== 'provider' || key === provider))
      state.touched.one('budget', budgetId(scope, key));
  return [
    state.tally,
    providerState(state, provider).tally,
    modelTally(state, model),
    state.agents.get(agent)?.tally,
    task === undefined ? undefined : state.tasks.get(task)?.tally,
  ].filter(tally => tally !== undefined);
}

function count(tally: Tally, outcome: EventOf<'call-outcome'>): void {
  const { result } = outcome;
  if (!result.ok && result.error === 'aborted') tally.stopped++;
  else {
    if (result.ok) tally.succeeded++;
    else tally.failed++;
    tally.ms += outcome.ms;
  }
  if (outcome.cost === undefined) tally.unknownCost++;
  else tally.cost += outcome.cost;
  if (outcome.costIsReservation) tally.boundCost += outcome.cost ?? 0;
  const { usage } = outcome;
  if (usage?.input === undefined || usage.output === undefined) tally.unknownUsage++;
  if (!usage) return;
  tally.usage.input += usage.input ?? 0;
  tally.usage.cacheRead += usage.cacheRead ?? 0;
  tally.usage.cacheWrite += usage.cacheWrite ?? 0;
  tally.usage.output += usage.output ?? 0;
  tally.usage.reasoning += usage.reasoning ?? 0;
}

export const callFolds: Folds<Types> = {
  'call-intent'(state, event) {
    if (state.openCalls.has(event.call)) return;
    if (!state.agents.has(event.agent)) {
      state.agents.set(event.agent, freshAgent(event.agent, event.agent, event.at));
      touchAsks(state, event.agent);
    }
    const agent = state.agents.get(event.agent);
    if (agent) {
      agent.model = event.model;
      if (!agent.called.includes(event.model)) agent.called.push(event.model);
    }
    state.openCalls.set(event.call, { intent: event, at: event.at });
    for (const tally of talliesOf(state, event)) tally.calls++;
  },
  /** Settled exactly once: an outcome without an open call counts nothing. */
  'call-outcome'(state, event) {
    const open = state.openCalls.get(event.call);
    if (!open) return;
    state.openCalls.delete(event.call);
    for (const tally of talliesOf(state, open.intent)) count(tally, event);
    rememberCall(state, event, open.intent.model);
    const agent = state.agents.get(open.intent.agent);
    if (agent) agent.lastEventAt = event.at;
    if (!event.result.ok) return;
    if (agent) agent.turns++;
    const provider = providerState(state, providerOf(open.intent.model));
    if (provider.parked.length > 0)
      provider.parked = provider.parked.filter(p => p.model !== undefined && p.model !== open.intent.model);
  },
  'worker-spent'(state, event) {
    const open = state.openCalls.get(event.call);
    if (open) for (const tally of talliesOf(state, open.intent)) tally.cost += event.cost;
  },
  'attempt-discarded'(state) {
    state.discarded++;
  },
  failover(state, event) {
    const { agent, from, to, error, reason, at } = event;
    state.failovers.push({ agent, from, to, error, reason, at });
    state.switches++;
    providerState(state, providerOf(from)).switchesAway++;
    state.touched.one('providers', providerOf(from));
    const known = state.agents.get(agent);
    if (!known) return;
    known.failovers++;
    known.model = to;
  },
  'route-parked'(state, event) {
    const provider = providerState(state, event.provider);
    const { model, until, error, reason } = event;
    state.touched.one('providers', event.provider);
    provider.parked = provider.parked.filter(p => p.model !== model);
    provider.parked.push({ ...(model !== undefined && { model }), until, error, reason });
  },
  breaker(state, event) {
    providerState(state, event.provider).breakers[event.model] = event.state;
    state.touched.one('providers', event.provider);
  },
  'provider-health'(state, event) {
    const { ok, ms, at, message } = event;
    state.touched.one('providers', event.provider);
    providerState(state, event.provider).health = {
      ok,
      at,
      ...(ms !== undefined && { ms }),
      ...(message !== undefined && { message }),
    };
  },
  'budget-alert'(state, event) {
    state.budget.alerts.push(event);
    state.touched.all('budget');
  },
  'budget-spent'(state, event) {
    state.touched.all('budget');
    // That one agent or provider has nothing left does not hide that nobody has.
    const ofAll = (scope: BudgetScope | undefined) => scope === 'session' || scope === 'day';
    if (!ofAll(state.budget.spent?.scope) || ofAll(event.scope)) state.budget.spent = event;
  },
  'budget-changed'(state, event) {
    const { scope, key, limit, by } = event;
    const { limits } = state.budget;
    const at = limits.findIndex(l => l.scope === scope && l.key === key);
    const now = limit === undefined ? [] : [{ scope, key, limit, ...(by !== 'system' && { decided: true as const }) }];
    limits.splice(at < 0 ? limits.length : at, at < 0 ? 0 : 1, ...now);
    const { spent } = state.budget;
    if (spent?.scope === scope && spent.key === key) delete state.budget.spent;
    state.touched.all('budget');
  },
};
