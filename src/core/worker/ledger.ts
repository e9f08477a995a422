import type { ModelRef, NanoUsd } from '../../protocol/ids.ts';
import type { CallResult, Usage } from '../../protocol/message.ts';
import type { Clock, NewId } from '../ports.ts';
import type { Budget, Refusal } from '../routing/budget.ts';
import type { Journal } from '../session/contract.ts';
import { workerProvider } from './names.ts';

export interface LedgerHost {
  journal: Journal;
  budget: Budget;
  clock: Clock;
  newId: NewId;
}

interface Open {
  call: string;
  model: ModelRef;
  started: number;
  /** Some part of what the turn costs was told. */
  told: boolean;
}

/**
 * What a CLI agent spends. Nobody can reserve it beforehand, so it is booked the moment it is told, and `refusal` says
 * when nothing is left. A turn of whose cost nothing is told stays of unknown cost.
 */
export class WorkerLedger {
  readonly #host: LedgerHost;
  readonly #who: { agent: string; task?: string };
  readonly #worker: string;
  /** All that the session of the CLI agent has told so far. */
  #told = 0;
  #turn = 0;
  #open: Open | undefined;

  constructor(host: LedgerHost, worker: string, who: { agent: string; task?: string }) {
    this.#host = host;
    this.#worker = worker;
    this.#who = who;
  }

  /** Why nothing more may be spent; undefined while there is money. */
  refusal(): Refusal | undefined {
    return this.#host.budget.spentUp(this.#account);
  }

  /** What is left in the tightest scope; undefined where no limit holds. */
  left(): NanoUsd | undefined {
    return this.#host.budget.left(this.#account);
  }

  async openCall(model: ModelRef): Promise<string> {
    const { journal, newId, clock } = this.#host;
    const call = newId('call');
    this.#open = { call, model, started: clock.monotonic(), told: false };
    this.#turn++;
    await journal.commit({ type: 'call-intent', call, ...this.#who, turn: this.#turn, attempt: 1, model });
    return call;
  }

  /** The CLI agent's own sum. What is new of it is spent; says why nothing more may be. */
  book(sum: NanoUsd): Refusal | undefined {
    const { journal, budget } = this.#host;
    const open = this.#open;
    if (!open) return undefined;
    const cost = sum - this.#told;
    open.told = true;
    if (cost > 0) {
      this.#told = sum;
      journal.append({ type: 'worker-spent', call: open.call, cost });
      budget.book(this.#account, cost);
    }
    return this.refusal();
  }

  /** The turn never began. */
  drop(): void {
    if (this.#open) this.#open.told = true;
    this.end({ ok: false, error: 'aborted', message: 'stopped before it began' }, { input: 0, output: 0 });
  }

  end(result: CallResult, usage?: Usage): void {
    const { journal, clock } = this.#host;
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    journal.append({
      type: 'call-outcome',
      call: open.call,
      ...this.#who,
      model: open.model,
      result,
      ...(usage && { usage }),
      // All of it stands in the journal already; nothing was told: unknown.
      ...(open.told && { cost: 0 }),
      ms: clock.monotonic() - open.started,
    });
  }

  get #account() {
    return { agent: this.#who.agent, provider: workerProvider(this.#worker) };
  }
}
