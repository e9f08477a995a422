import type { Task } from '../../protocol/plan.ts';
import type { Disposable } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { gateOf, gatesOf, gateVerdict, latestOf, sendBack, testersOf } from './gates.ts';

const MENDED = 'tried again, and not seen any more';

/** Sends work back that a gate has rejected, and closes its findings when it approves in the end. */
export class GateKeeper implements Disposable {
  readonly #journal: Journal;
  readonly #add: (task: Task) => void;
  readonly #subscription: Disposable;

  constructor(journal: Journal, add: (task: Task) => void) {
    this.#journal = journal;
    this.#add = add;
    this.#subscription = journal.subscribe(event => {
      if (event.type === 'task-completed') this.#look(gateOf(event.task), true);
    });
  }

  /** What was to be sent back when the process died; before anything runs. */
  settle(): void {
    for (const gate of this.#gates().keys()) this.#look(gate, false);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #gates(): Map<string, number> {
    const { state } = this.#journal;
    return new Map([...testersOf(state), ...gatesOf([...state.tasks.values()].map(({ task }) => task))]);
  }

  #look(gate: string, runs: boolean): void {
    const rounds = this.#gates().get(gate);
    if (rounds === undefined) return;
    const { state } = this.#journal;
    if (gateVerdict(state, gate, rounds) === 'approved') this.#close(gate);
    else this.#closeMended(gate);
    for (const task of sendBack(state, gate, rounds)) {
      this.#journal.append({ type: 'task-added', task, by: 'scheduler', reason: `${gate} was not approved` });
      if (runs) this.#add(task);
    }
  }

  /** Of several bugs those that were not seen again. */
  #closeMended(gate: string): void {
    const { state } = this.#journal;
    const last = latestOf(state, gate);
    if (last === undefined || last === gate) return;
    for (const { finding, task, bug, seenIn, resolved } of [...state.findings.values()])
      if (bug && !resolved && gateOf(task) === gate && seenIn?.at(-1) !== last)
        this.#journal.append({
          type: 'finding-resolved',
          finding,
          by: gate,
          how: MENDED,
        });
  }

  #close(gate: string): void {
    const { state } = this.#journal;
    for (const { finding, task, bug, resolved } of [...state.findings.values()])
      if (!resolved && gateOf(task) === gate)
        this.#journal.append({
          type: 'finding-resolved',
          finding,
          by: gate,
          how: bug ? MENDED : 'approved in the end',
        });
  }
}
