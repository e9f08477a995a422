import type { Task } from '../../protocol/plan.ts';
import type { Disposable } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { gateOf, gatesOf, gateVerdict, sendBack } from './gates.ts';

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
    return gatesOf([...this.#journal.state.tasks.values()].map(({ task }) => task));
  }

  #look(gate: string, runs: boolean): void {
    const rounds = this.#gates().get(gate);
    if (rounds === undefined) return;
    const { state } = this.#journal;
    if (gateVerdict(state, gate, rounds) === 'approved') this.#close(gate);
    for (const task of sendBack(state, gate, rounds)) {
      this.#journal.append({ type: 'task-added', task, by: 'scheduler', reason: `${gate} was not approved` });
      if (runs) this.#add(task);
    }
  }

  #close(gate: string): void {
    const { state } = this.#journal;
    for (const { finding, task, resolved } of [...state.findings.values()])
      if (!resolved && gateOf(task) === gate)
        this.#journal.append({ type: 'finding-resolved', finding, by: gate, how: 'approved in the end' });
  }
}
