import type { BudgetScope, EventOf } from '../../protocol/events.ts';
import type { NanoUsd } from '../../protocol/ids.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import type { Disposable } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { SessionState } from '../session/state.ts';
import type { DayHold, DayLedger } from './day-ledger.ts';

export interface BudgetLimits {
  session?: NanoUsd;
  /** For each agent that has no limit of its own. */
  agent?: NanoUsd;
  providers?: Record<string, NanoUsd>;
}

export interface BudgetOptions {
  session: string;
  limits: BudgetLimits;
  /** The share of a limit at which the user is told. */
  alertAt: number;
  /** When nothing that costs fits any more: only free providers of the route, a pause, or the end. */
  whenSpent: EventOf<'budget-spent'>['action'];
  /** Whether there are models that cost nothing. */
  free?(): boolean;
  /** A changed limit, and a session that goes on, is read from it. */
  journal: Pick<Journal, 'append' | 'subscribe'>;
  day?: DayLedger;
  /** A resumed session's counters; calls without an outcome count as spent in full. */
  earlier?: Pick<SessionState, 'tally' | 'agents' | 'providers' | 'openCalls' | 'budget'>;
}

export interface Ask {
  agent: string;
  provider: string;
  amount: NanoUsd;
  /** What would do where there is not room for all of it. */
  least?: NanoUsd;
}

export interface Reservation {
  readonly ok: true;
  readonly amount: NanoUsd;
  /** Books the cost, or the whole reservation where it is unknown; says what was booked. To be called exactly once. */
  settle(cost: NanoUsd | undefined): NanoUsd;
}

export interface Refusal {
  readonly ok: false;
  readonly scope: BudgetScope;
  readonly key: string;
  readonly limit: NanoUsd;
  readonly spent: NanoUsd;
  /** What was asked for; absent where nothing was, and all is spent. */
  readonly amount?: NanoUsd;
  /** Would not fit with nothing else under way either. */
  readonly final: boolean;
}

class Account {
  readonly scope: BudgetScope;
  readonly key: string;
  limit: NanoUsd | undefined;
  spent = 0;
  reserved = 0;
  alerted = false;
  saidSpent = false;

  constructor(scope: BudgetScope, key: string, limit: NanoUsd | undefined) {
    this.scope = scope;
    this.key = key;
    this.limit = limit;
  }

  refuse(amount: NanoUsd): Refusal | undefined {
    const { scope, key, limit, spent } = this;
    if (limit === undefined || spent + this.reserved + amount <= limit) return undefined;
    return { ok: false, scope, key, limit, spent, amount, final: spent + amount > limit };
  }
}

/**
 * Nobody spends what is not there: the most a call can cost is reserved in every scope in one synchronous step, or the
 * call is not sent. Committed and reserved together never exceed a limit.
 */
export class Budget implements Disposable {
  #whenSpent: BudgetOptions['whenSpent'];
  #options: BudgetOptions;
  #accounts = new Map<string, Account>();
  #waiting = new Set<() => void>();
  /** What was said of which day. */
  #days = new Set<string>();
  #subscription: Disposable;
  #newDay: Disposable | undefined;

  constructor(options: BudgetOptions) {
    this.#options = options;
    // What a person has chosen for this session goes before what was configured.
    this.#whenSpent = options.earlier?.budget.spent?.action === 'local' ? 'local' : options.whenSpent;
    if (options.earlier) this.#restore(options.earlier);
    this.#subscription = options.journal.subscribe(event => {
      if (event.type === 'budget-changed' && event.by !== 'system') this.#change(event);
      else if (event.type === 'session-unpaused') this.#sayAgain();
      else if (event.type === 'budget-spent' && event.action === 'local') this.#whenSpent = 'local';
    });
  }

  get whenSpent(): BudgetOptions['whenSpent'] {
    return this.#whenSpent;
  }

  /** What the session may cost. */
  get limit(): NanoUsd | undefined {
    return this.#account('session', this.#options.session).limit;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#newDay?.dispose();
  }

  /**
   * Reserves all of it, or as much as there is room for, waiting for calls under way where only they are in the way; a
   * refusal is final or the signal's.
   */
  async hold({ amount: most, least = most, ...who }: Ask, signal: AbortSignal): Promise<Reservation | Refusal> {
    for (;;) {
      const amount = Math.max(least, Math.min(most, this.left(who) ?? most));
      const answer = this.reserve({ ...who, amount });
      if (answer.ok || answer.final || signal.aborted) return answer;
      if (answer.scope !== 'day') await this.#changed(signal);
      else if ((await this.#options.day?.room(amount, signal)) === 'spent') {
        if (amount === least) return { ...answer, final: true };
        most = least;
      }
    }
  }

  /** One synchronous step: in all scopes or in none. */
  reserve({ agent, provider, amount }: Ask): Reservation | Refusal {
    const accounts = this.#accountsOf(agent, provider);
    const refusals = accounts.flatMap(account => account.refuse(amount) ?? []);
    const refusal = refusals.find(one => one.final) ?? refusals[0];
    if (refusal) return refusal;
    const day = this.#options.day;
    const hold = day?.take(amount);
    if (day && !hold) {
      const { day: key, spent, limit = 0 } = day.today();
      return { ok: false, scope: 'day', key, limit, spent, amount, final: false };
    }
    for (const account of accounts) account.reserved += amount;
    return this.#reservation(amount, accounts, hold);
  }

  /** Books what has been spent without having been reserved: nobody asked before, so it may go over a limit. */
  book({ agent, provider }: Omit<Ask, 'amount'>, cost: NanoUsd): void {
    for (const account of this.#accountsOf(agent, provider)) {
      account.spent += cost;
      this.#alert(account);
    }
    const { day } = this.#options;
    // Nothing is taken, so that it is counted even where the day has nothing left.
    day?.take(0)?.settle(cost);
    if (day) this.#alertDay();
    this.#wake();
  }

  /** The scope in which nothing is left, if there is one. */
  spentUp({ agent, provider }: Omit<Ask, 'amount'>): Refusal | undefined {
    for (const { scope, key, limit, spent } of this.#accountsOf(agent, provider)) {
      if (limit !== undefined && spent >= limit) return { ok: false, scope, key, limit, spent, final: true };
    }
    const today = this.#options.day?.today();
    if (today?.limit === undefined || today.spent < today.limit) return undefined;
    const { day: key, limit, spent } = today;
    return { ok: false, scope: 'day', key, limit, spent, final: true };
  }

  /** What is neither spent nor reserved in the tightest scope; undefined where no limit holds. */
  left({ agent, provider }: Omit<Ask, 'amount'>): NanoUsd | undefined {
    const rooms = this.#accountsOf(agent, provider).flatMap(({ limit, spent, reserved }) =>
      limit === undefined ? [] : [limit - spent - reserved],
    );
    const today = this.#options.day?.today();
    if (today?.limit !== undefined) rooms.push(today.limit - today.spent);
    return rooms.length > 0 ? Math.max(0, Math.min(...rooms)) : undefined;
  }

  /** A limit of the program's own, such as a task's budget for its agent; the user's come as `budget-changed`. */
  setLimit(scope: Exclude<BudgetScope, 'day'>, key: string, limit: NanoUsd | undefined): void {
    const account = this.#account(scope, key);
    account.limit = limit;
    account.saidSpent = false;
    if (limit !== undefined && account.spent < limit * this.#options.alertAt) account.alerted = false;
    this.#wake();
  }

  /** Calls under way hold money in the scope that refused: what they do not cost is there again. */
  underWay(refusal: Refusal): boolean {
    return this.#refuser(refusal).reserved > 0;
  }

  /**
   * Tells that nothing more fits, when all calls under way have been settled and that is still so; false where there
   * is money again, or the signal has ended the wait.
   */
  async declareSpent(refusal: Refusal, signal: AbortSignal): Promise<boolean> {
    while (this.#stillRefused(refusal) && this.underWay(refusal) && !signal.aborted) await this.#changed(signal);
    if (signal.aborted || !this.#stillRefused(refusal)) return false;
    this.saySpent(refusal);
    return true;
  }

  /** Tells, once for each scope and limit, that nothing more fits. */
  saySpent({ scope, key, spent, limit, amount }: Refusal): void {
    if (scope === 'day') {
      if (this.#days.has(`spent ${key}`)) return;
      this.#days.add(`spent ${key}`);
      this.#newDay ??= this.#options.day?.whenOver(() => this.#dayIsOver(key));
    } else {
      const account = this.#account(scope, key);
      if (account.saidSpent) return;
      account.saidSpent = true;
    }
    const { journal, free } = this.#options;
    journal.append({
      type: 'budget-spent',
      scope,
      key,
      action: this.whenSpent,
      spent,
      limit,
      ...(amount !== undefined && { next: amount }),
      ...(free && { free: free() }),
    });
  }

  /** For views and tests: what stands in every scope that was used. */
  standing(): { scope: BudgetScope; key: string; limit?: NanoUsd; spent: NanoUsd; reserved: NanoUsd }[] {
    return [...this.#accounts.values()].map(({ scope, key, limit, spent, reserved }) => ({
      scope,
      key,
      spent,
      reserved,
      ...(limit !== undefined && { limit }),
    }));
  }

  #reservation(amount: NanoUsd, accounts: Account[], hold: DayHold | undefined): Reservation {
    let settled = false;
    return {
      ok: true,
      amount,
      settle: cost => {
        if (settled) throw new Error('a reservation is settled once');
        settled = true;
        const booked = cost ?? amount;
        for (const account of accounts) {
          account.reserved -= amount;
          account.spent += booked;
          this.#alert(account);
        }
        hold?.settle(booked);
        if (hold) this.#alertDay();
        this.#wake();
        return booked;
      },
    };
  }

  #change({ scope, key, limit }: EventOf<'budget-changed'>): void {
    if (scope !== 'day') {
      this.setLimit(scope, key, limit);
      return;
    }
    const { day } = this.#options;
    if (day?.today().day !== key) return;
    day.setLimit(limit);
    this.#days.delete(`spent ${key}`);
    this.#wake();
  }

  /** What stood in the way is told again if it still does: somebody has let the session go on. */
  #sayAgain(): void {
    for (const account of this.#accounts.values()) account.saidSpent = false;
    for (const said of [...this.#days]) if (said.startsWith('spent ')) this.#days.delete(said);
  }

  /** What was said of yesterday does not hold today. */
  #dayIsOver(key: string): void {
    this.#newDay = undefined;
    const limit = this.#options.day?.today().limit;
    const { journal } = this.#options;
    journal.append({ type: 'budget-changed', scope: 'day', key, ...(limit !== undefined && { limit }), by: 'system' });
    this.#wake();
  }

  /** The day is kept elsewhere: of what is under way in it we know our own session's part. */
  #refuser({ scope, key }: Refusal): Account {
    return scope === 'day' ? this.#account('session', this.#options.session) : this.#account(scope, key);
  }

  #stillRefused({ scope, key, amount = 1 }: Refusal): boolean {
    if (scope !== 'day') {
      const { limit, spent } = this.#account(scope, key);
      return limit !== undefined && spent + amount > limit;
    }
    const today = this.#options.day?.today();
    return today?.limit !== undefined && today.spent + amount > today.limit;
  }

  #accountsOf(agent: string, provider: string): Account[] {
    return [
      this.#account('session', this.#options.session),
      this.#account('agent', agent),
      this.#account('provider', provider),
    ];
  }

  #account(scope: BudgetScope, key: string): Account {
    const id = `${scope} ${key}`;
    const known = this.#accounts.get(id);
    if (known) return known;
    const { limits } = this.#options;
    const limit = scope === 'session' ? limits.session : scope === 'agent' ? limits.agent : limits.providers?.[key];
    const fresh = new Account(scope, key, limit);
    this.#accounts.set(id, fresh);
    return fresh;
  }

  #alert(account: Account): void {
    const { scope, key, spent, limit } = account;
    if (account.alerted || limit === undefined || spent < limit * this.#options.alertAt) return;
    account.alerted = true;
    this.#options.journal.append({ type: 'budget-alert', scope, key, spent, limit });
  }

  #alertDay(): void {
    const today = this.#options.day?.today();
    if (today?.limit === undefined || today.spent < today.limit * this.#options.alertAt) return;
    if (this.#days.has(today.day)) return;
    this.#days.add(today.day);
    const { day: key, spent, limit } = today;
    this.#options.journal.append({ type: 'budget-alert', scope: 'day', key, spent, limit });
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const go = () => {
        signal.removeEventListener('abort', go);
        this.#waiting.delete(go);
        resolve();
      };
      signal.addEventListener('abort', go, { once: true });
      this.#waiting.add(go);
    });
  }

  /** In the order they came. */
  #wake(): void {
    for (const go of [...this.#waiting]) go();
  }

  #restore({ tally, agents, providers, openCalls, budget }: NonNullable<BudgetOptions['earlier']>): void {
    const session = this.#account('session', this.#options.session);
    session.spent = tally.cost;
    for (const [agent, state] of agents) this.#account('agent', agent).spent = state.tally.cost;
    for (const [provider, state] of providers) this.#account('provider', provider).spent = state.tally.cost;
    for (const { intent } of openCalls.values()) {
      const lost = intent.reserved ?? 0;
      session.spent += lost;
      this.#account('agent', intent.agent).spent += lost;
      this.#account('provider', providerOf(intent.model)).spent += lost;
    }
    this.#restoreLimits(budget.limits);
    for (const { scope, key, limit } of budget.alerts) {
      if (scope === 'day') this.#days.add(key);
      else if (this.#account(scope, key).limit === limit) this.#account(scope, key).alerted = true;
    }
    const { spent } = budget;
    if (spent?.scope === 'day' && spent.key !== this.#options.day?.today().day) this.#dayIsOver(spent.key);
  }

  /**
   * What the session may cost stands in its journal, whatever is configured now. Of other scopes, what was decided in
   * the session holds unless the configuration gives more; else the configuration holds.
   */
  #restoreLimits(limits: SessionState['budget']['limits']): void {
    for (const { scope, key, limit: before, decided } of [...limits]) {
      if (scope === 'day') continue;
      const account = this.#account(scope, key);
      const { limit = Number.POSITIVE_INFINITY } = account;
      account.limit = scope === 'session' || (decided && limit < before) ? before : account.limit;
      const now = account.limit;
      if (now === before) continue;
      const { journal } = this.#options;
      journal.append({ type: 'budget-changed', scope, key, ...(now !== undefined && { limit: now }), by: 'system' });
    }
  }
}
