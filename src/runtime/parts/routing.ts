import { Budget } from '../../core/routing/budget.ts';
import { createRouter } from '../../core/routing/router.ts';
import { newId } from '../../node/new-id.ts';
import type { Engine } from '../engine.ts';
import type { SessionHost } from '../session-host.ts';
import type { JournalPart } from './journal.ts';

/** Which models are asked, and what they may cost. */
export function routingPart({ log }: SessionHost, engine: Engine, { journal }: JournalPart, session: string) {
  const routes = engine.routes();
  const { limits, alertAt, whenSpent } = engine.budget;
  const budget = new Budget({
    session,
    limits,
    alertAt,
    whenSpent,
    free: () => routes.free().length > 0,
    journal,
    earlier: journal.state,
    ...(engine.day && { day: engine.day }),
  });
  const router = createRouter({ session, pool: engine.pool, prices: engine.prices, journal, newId, log, budget });
  return { routes, budget, router, owned: [router, budget] };
}

export type RoutingPart = ReturnType<typeof routingPart>;
