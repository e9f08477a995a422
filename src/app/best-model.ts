import type { Clock, Log } from '../core/ports.ts';
import { Budget } from '../core/routing/budget.ts';
import type { RouteEvent, RouteRequest } from '../core/routing/contract.ts';
import { createRouter } from '../core/routing/router.ts';
import type { Journal } from '../core/session/contract.ts';
import { initialState, reduce } from '../core/session/reduce.ts';
import { unwritten } from '../core/session/unwritten.ts';
import { hashOf } from '../node/hash.ts';
import { newId } from '../node/new-id.ts';
import type { Engine } from './engine.ts';

/** A question from outside of any session. */
export type Question = Pick<RouteRequest, 'messages' | 'tools' | 'toolChoice' | 'maxOutputTokens'>;

/** The best model that answers, with failover, for whoever asks outside of a session; it counts against the budget. */
export class BestModel {
  readonly #engine: Engine;
  readonly #router: ReturnType<typeof createRouter>;
  #turn = 0;

  constructor(engine: Engine, clock: Clock, log: Log) {
    this.#engine = engine;
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
        whenSpent,
        journal,
        earlier: journal.state,
        ...(engine.day && { day: engine.day }),
      }),
    });
  }

  ask(question: Question, signal: AbortSignal): AsyncIterable<RouteEvent> {
    const route = this.#engine.routes().all();
    const turn = ++this.#turn;
    return this.#router.complete({ ...question, route, turn, system: '', agent: `ask-${turn}` }, signal);
  }

  async close(): Promise<void> {
    this.#router.dispose();
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
