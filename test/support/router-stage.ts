import { Budget, type BudgetOptions } from '../../src/core/routing/budget.ts';
import type { RouteEvent, RouteRequest } from '../../src/core/routing/contract.ts';
import { Models } from '../../src/core/routing/models.ts';
import { ProviderPool } from '../../src/core/routing/pool.ts';
import type { DollarPrice } from '../../src/core/routing/price-table.ts';
import { Prices } from '../../src/core/routing/prices.ts';
import { createRouter } from '../../src/core/routing/router.ts';
import { defaultRoutingSettings, type RoutingSettings } from '../../src/core/routing/settings.ts';
import { FakeClock } from './fake-clock.ts';
import { memoryJournal } from './memory-journal.ts';
import { type Script, type ScriptedOptions, type ScriptedProvider, scriptedProvider } from './scripted-provider.ts';

export interface StageOptions {
  settings?: Partial<RoutingSettings>;
  budget?: Partial<Pick<BudgetOptions, 'limits' | 'alertAt' | 'whenSpent' | 'day' | 'earlier'>>;
  prices?: Record<string, DollarPrice>;
  random?: () => number;
}

export interface Turned {
  events: RouteEvent[];
  last: RouteEvent | undefined;
  text: string;
}

/** A dollar per million tokens in and out: a nano-dollar price of 1000 a token. */
export const plainPrice: DollarPrice = { input: 1, output: 1 };

/** A router with everything it needs, on a clock that stands still, with scripted providers. */
export function stage(
  scripts: Record<string, Script | [Script, Partial<ScriptedOptions>]>,
  options: StageOptions = {},
) {
  const clock = new FakeClock();
  const journal = memoryJournal(() => clock.now());
  const providers = new Map<string, ScriptedProvider>();
  for (const [name, given] of Object.entries(scripts)) {
    const [script, more] = isPair(given) ? given : [given, {}];
    providers.set(name, scriptedProvider(name, script, { clock, ...more }));
  }
  const models = new Models();
  const settings = { ...defaultRoutingSettings, ...options.settings };
  const pool = new ProviderPool({ provider: name => providers.get(name), clock, settings, models });
  const budget = new Budget({ session: 's', limits: {}, alertAt: 0.8, whenSpent: 'stop', journal, ...options.budget });
  const overrides: Record<string, DollarPrice> = {};
  for (const name of providers.keys()) overrides[`${name}/m`] = plainPrice;
  const prices = new Prices({
    overrides: { ...overrides, ...options.prices },
    load: async () => ({ vendor: () => undefined, find: () => undefined }),
  });
  let ids = 0;
  const router = createRouter({
    session: 's',
    pool,
    budget,
    prices,
    journal,
    newId: prefix => `${prefix}-${++ids}`,
    log: { write() {} },
    random: options.random ?? (() => 0.5),
  });

  const request = (more: Partial<RouteRequest> = {}): RouteRequest => ({
    agent: 'agent',
    turn: 1,
    route: [...providers.keys()].map(name => `${name}/m`),
    system: 'You help.',
    tools: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    maxOutputTokens: 1000,
    ...more,
  });
  const collect = async (more: Partial<RouteRequest> = {}, signal = new AbortController().signal): Promise<Turned> => {
    const events: RouteEvent[] = [];
    for await (const event of router.complete(request(more), signal)) events.push(event);
    const shown = events.slice(events.findLastIndex(event => event.type === 'attempt') + 1);
    const text = shown.flatMap(event => (event.type === 'text' ? [event.text] : [])).join('');
    return { events, last: events.at(-1), text };
  };
  return {
    clock,
    journal,
    providers,
    models,
    pool,
    budget,
    router,
    request,
    /** Runs a turn to its end without letting time pass by itself. */
    collect,
    /** Runs a turn to its end, letting as much time pass as it takes. */
    turn: (more?: Partial<RouteRequest>, signal?: AbortSignal) => clock.until(collect(more, signal)),
    provider(name: string): ScriptedProvider {
      const provider = providers.get(name);
      if (!provider) throw new Error(`no provider ${name}`);
      return provider;
    },
    asked: (name: string) => providers.get(name)?.requests.length ?? 0,
    requests: (name: string) => providers.get(name)?.requests ?? [],
  };
}

const isPair = (given: Script | [Script, Partial<ScriptedOptions>]): given is [Script, Partial<ScriptedOptions>] =>
  Array.isArray(given) && (Array.isArray(given[0]) || typeof given[0] === 'function');
