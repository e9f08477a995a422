import { Budget, type BudgetOptions } from '../../src/core/routing/budget.ts';
import type { Provider, RouteEvent, RouteRequest } from '../../src/core/routing/contract.ts';
import { ProviderPool } from '../../src/core/routing/pool.ts';
import type { DollarPrice } from '../../src/core/routing/price-table.ts';
import { Prices } from '../../src/core/routing/prices.ts';
import { createRouter } from '../../src/core/routing/router.ts';
import { defaultRoutingSettings, type RoutingSettings } from '../../src/core/routing/settings.ts';
import type { Journal } from '../../src/core/session/contract.ts';
import { systemClock } from '../../src/node/clock.ts';
import { memoryJournal } from './memory-journal.ts';

export interface LiveOptions {
  settings?: Partial<RoutingSettings>;
  budget?: Partial<Pick<BudgetOptions, 'limits' | 'whenSpent'>>;
  /** Prices of all models of a route that need one. */
  prices?: Record<string, DollarPrice>;
  /** Where the calls are put down, instead of in memory. */
  journal?: Pick<Journal, 'append' | 'commit' | 'subscribe'>;
}

/** A router on the real clock over real providers, with its journal in memory. */
export function liveRouter(providers: Provider[], options: LiveOptions = {}) {
  const clock = systemClock;
  const memory = memoryJournal(Date.now);
  const journal = options.journal ?? memory;
  const byName = new Map(providers.map(provider => [provider.name, provider]));
  const settings = { ...defaultRoutingSettings, ...options.settings };
  const pool = new ProviderPool({ provider: name => byName.get(name), clock, settings });
  const budget = new Budget({ session: 's', limits: {}, alertAt: 0.8, whenSpent: 'stop', journal, ...options.budget });
  const prices = new Prices({ ...(options.prices && { overrides: options.prices }) });
  let ids = 0;
  const newId = (prefix: string) => `${prefix}-${++ids}`;
  const router = createRouter({ session: 's', pool, budget, prices, journal, newId, log: { write() {} } });
  return {
    router,
    pool,
    budget,
    journal: memory,
    async turn(request: RouteRequest, signal = new AbortController().signal): Promise<RouteEvent[]> {
      const events: RouteEvent[] = [];
      for await (const event of router.complete(request, signal)) events.push(event);
      return events;
    },
    dispose() {
      router.dispose();
      budget.dispose();
      pool.dispose();
    },
  };
}
