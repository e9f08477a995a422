import type { JournalEvent } from '../../../protocol/events.ts';
import type { ModelRef, NanoUsd } from '../../../protocol/ids.ts';
import { showMoney } from '../../../protocol/show.ts';
import type { Asking } from '../../agent/ask.ts';
import type { RoleSpec } from '../../agent/contract.ts';
import type { LookAround } from '../../agent/look-around.ts';
import type { Disposable, HashOf } from '../../ports.ts';
import { LEAD } from '../../session/lead.ts';
import { hasEnded } from '../../session/standing.ts';
import { spentForAll } from '../budget-watch.ts';
import { digest } from './digest.ts';
import { fault, type LeadMode, type Occasion, occasions, stuck } from './occasions.ts';
import type { LeadActs } from './tools.ts';
import { takeLeadTurn } from './turn.ts';

export interface LeadSettings {
  mode: LeadMode;
  /** The part of the session's budget that it may spend. */
  share: number;
}

export interface LeadHost extends LeadSettings {
  acts: LeadActs;
  /** Absent: there is no role that leads. */
  role: RoleSpec | undefined;
  route(role: RoleSpec): ModelRef[];
  why(role: RoleSpec): string;
  looking(route: ModelRef[]): LookAround;
  asking: Asking;
  hashOf: HashOf;
  limit(agent: string, limit: NanoUsd): void;
  /** Resolves when there is money and no pause. */
  ready(signal: AbortSignal): Promise<void>;
}

/** A session in which it comes to more is not one that turns of the lead can save. */
const MOST_TURNS = 40;
const MOST_STUCK = 3;

const TELLING: ReadonlySet<JournalEvent['type']> = new Set<JournalEvent['type']>([
  'phase-ended',
  'task-failed',
  'task-completed',
  'artifact-published',
  'issue-opened',
]);

/**
 * The orchestrator after planning. It gets a turn when something has happened that it may want to act on, never without
 * something new, one turn at a time, and within its share of the money.
 */
export class Lead implements Disposable {
  readonly #host: LeadHost;
  readonly #signal: AbortSignal;
  #waiting: Occasion[] = [];
  #running: Promise<void> | undefined;
  #subscription: Disposable | undefined;
  #stuck = 0;
  /** The share of which too little is left for another answer. */
  #spent: NanoUsd | undefined;
  /** What this run has brought before it; a turn that was cut off is taken again by the next. */
  readonly #brought = new Set<string>();

  constructor(host: LeadHost, signal: AbortSignal) {
    this.#host = host;
    this.#signal = signal;
  }

  get #state() {
    return this.#host.acts.journal.state;
  }

  /** From now on it hears what happens; of what it has not decided on it hears at once. */
  start(): void {
    if (this.#host.mode === 'off' || !this.#host.role) return;
    this.#subscription = this.#host.acts.journal.subscribe(event => {
      if (TELLING.has(event.type)) this.#look();
    });
    this.#look();
  }

  /** Checks of a task could say nothing of its work: resolves when the lead has decided, at once where it may not. */
  async mend(task: string): Promise<void> {
    const known = this.#state.tasks.get(task);
    await this.#bring(known && fault(known));
  }

  /** All has ended. Whether there is work again, because the lead wants it. */
  async settle(): Promise<boolean> {
    await this.#running;
    if (this.#stuck < MOST_STUCK && !this.#open()) {
      const lack = stuck(this.#state);
      if (lack && this.#isNew(lack)) this.#stuck++;
      await this.#bring(lack);
    }
    return !this.#signal.aborted && this.#open();
  }

  dispose(): void {
    this.#subscription?.dispose();
  }

  #open(): boolean {
    return [...this.#state.tasks.values()].some(({ status }) => !hasEnded(status));
  }

  #isNew({ key }: Occasion): boolean {
    return !this.#state.lead.considered.has(key) && !this.#brought.has(key);
  }

  #look(): void {
    const fresh = occasions(this.#state, this.#host.mode).filter(one => this.#isNew(one));
    if (fresh.length === 0) return;
    this.#bringAll(fresh);
    void this.#run();
  }

  async #bring(occasion: Occasion | undefined): Promise<void> {
    if (!occasion || !this.#isNew(occasion) || this.#host.mode === 'off') return;
    this.#bringAll([occasion]);
    // The turn under way knows nothing of it.
    await this.#running;
    await this.#run();
  }

  #bringAll(all: readonly Occasion[]): void {
    this.#waiting.push(...all);
    for (const { key } of all) this.#brought.add(key);
  }

  #run(): Promise<void> {
    this.#running ??= this.#turns().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #turns(): Promise<void> {
    // What happens at once is one thing to decide on.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#host.ready(this.#signal);
      if (this.#signal.aborted) return;
      const because = this.#waiting;
      this.#waiting = [];
      if (!(await this.#turn(because))) return;
    }
  }

  /** The money that is its own, where money is limited. */
  #share(): NanoUsd | undefined {
    const limit = this.#state.budget.limits.find(({ scope }) => scope === 'session')?.limit;
    return limit === undefined ? undefined : Math.floor(limit * this.#host.share);
  }

  /** False: it may not, or nobody answered. */
  async #turn(because: readonly Occasion[]): Promise<boolean> {
    const { acts, role, hashOf, asking } = this.#host;
    const { journal } = acts;
    const state = this.#state;
    const route = role ? this.#host.route(role) : [];
    const share = this.#share();
    const spent = state.agents.get(LEAD)?.tally.cost ?? 0;
    if (!role || route.length === 0 || spentForAll(state) !== undefined) return false;
    if (state.lead.turns >= MOST_TURNS || (share !== undefined && (spent >= share || this.#spent === share)))
      return false;
    if (share !== undefined) this.#host.limit(LEAD, share);
    const turn = state.lead.turns + 1;
    const left = share === undefined ? 'your turns are not limited' : `${showMoney(share - spent)} left for your turns`;
    const told = digest(state, because, left, hashOf);
    const started = { role: role.name, attempt: 1, route, why: this.#host.why(role) };
    journal.append({ type: 'lead-called', agent: LEAD, turn, because: [...because] });
    journal.append({ type: 'agent-started', agent: LEAD, ...started });
    journal.append({ type: 'agent-doing', agent: LEAD, what: `decides: ${because[0]?.text ?? ''}`.slice(0, 200) });
    const looking = this.#host.looking(route);
    const said = await takeLeadTurn({ turn, role, route, digest: told, looking }, acts, asking, this.#signal);
    if (this.#signal.aborted) {
      journal.append({ type: 'agent-ended', agent: LEAD, outcome: 'interrupted', summary: 'interrupted' });
      return false;
    }
    const { did, failed } = said;
    if (said.spent) this.#spent = share;
    const text = said.text === '' ? (failed === undefined ? 'nothing to change' : `no answer: ${failed}`) : said.text;
    journal.append({ type: 'lead-acted', agent: LEAD, turn, did, text });
    if (did.length > 0) {
      const rationale = said.text === '' ? because.map(one => one.text).join(' ') : said.text;
      journal.append({ type: 'decision-noted', by: LEAD, text: did.join('; '), rationale });
    }
    const outcome = failed === undefined || did.length > 0 ? 'completed' : 'failed';
    journal.append({ type: 'agent-ended', agent: LEAD, outcome, summary: text });
    return failed === undefined;
  }
}
