import { join } from 'node:path';
import type { Clock, Log } from '../core/ports.ts';
import { Budget } from '../core/routing/budget.ts';
import type { RouteEvent } from '../core/routing/contract.ts';
import { InnerDay } from '../core/routing/inner-day.ts';
import { createRouter } from '../core/routing/router.ts';
import type { Journal } from '../core/session/contract.ts';
import { initialState, reduce } from '../core/session/reduce.ts';
import { unwritten } from '../core/session/unwritten.ts';
import { FileDayLedger } from '../node/day-ledger.ts';
import { hashOf } from '../node/hash.ts';
import { newId } from '../node/new-id.ts';
import type { Question } from './contract.ts';
import type { Engine } from './engine.ts';

/** The best model that answers, with failover, for questions outside of a session; it counts against the budget. */
export class BestModel {
  readonly #engine: Engine;
  readonly #router: ReturnType<typeof createRouter>;
  readonly #day: FileDayLedger;
  #turn = 0;

  /** `userFolder`: where it is kept what other extensions have spent today, over all windows and reloads. */
  constructor(engine: Engine, clock: Clock, log: Log, userFolder: string) {
    this.#engine = engine;
    const { extensionsDay } = engine.budget;
    this.#day = new FileDayLedger({
      folder: join(userFolder, 'spending-extensions'),
      clock,
      log,
      limit: extensionsDay,
    });
    const journal = forgetful(clock);
    const session = newId('ask');
    const { limits, alertAt, whenSpent } = engine.budget;
    this.#router = createRouter({
      session,
      journal,
      newId,
      log,
      pool: engine.pool,
      prices: engine.prices,
      budget: new Budget({
        session,
        limits,
        alertAt,
        // Nobody waits there for whom more could be allowed.
        whenSpent: whenSpent === 'local' ? 'local' : 'stop',
        journal,
        earlier: journal.state,
        day: new InnerDay(this.#day, engine.day),
      }),
    });
  }

  /** To be awaited before the first question: what was spent before counts. */
  async load(): Promise<void> {
    await this.#day.refresh();
  }

  ask(question: Question, signal: AbortSignal): AsyncIterable<RouteEvent> {
    const route = this.#engine.routes().all();
    const turn = ++this.#turn;
    return this.#router.complete({ ...question, route, turn, system: '', agent: `ask-${turn}` }, signal);
  }

  async close(): Promise<void> {
    this.#router.dispose();
    await this.#day.close();
    await this.#engine.close();
  }
}

/** Nothing of it is kept: it only counts. */
function forgetful(clock: Clock): Journal {
  const state = initialState();
  const append: Journal['append'] = event => {
    const taken = { v: 1, seq: state.seq + 1, at: clock.now(), ...event };
    reduce(state, taken);
    return taken;
  };
  return {
    ...unwritten(state, async () => undefined, hashOf),
    append,
    commit: async event => append(event),
  };
}
