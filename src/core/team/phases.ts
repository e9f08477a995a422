import type { Journal } from '../session/contract.ts';
import { hasEnded } from '../session/standing.ts';

/** Journals when the first task of a phase starts and when its last one has ended. */
export class Phases {
  readonly #journal: Journal;
  readonly #open = new Map<string, number>();
  readonly #started = new Set<string>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Counts anew, after a resume or a revision of the plan. */
  load(): void {
    const { state } = this.#journal;
    this.#open.clear();
    this.#started.clear();
    for (const { phase, endedAt } of state.phases) if (endedAt === undefined) this.#started.add(phase);
    for (const { task, status } of state.tasks.values()) {
      if (task.phase !== undefined && !hasEnded(status)) this.added(task.phase);
    }
    for (const phase of [...this.#started]) if (!this.#open.has(phase)) this.#end(phase);
  }

  added(phase: string | undefined): void {
    if (phase !== undefined) this.#open.set(phase, (this.#open.get(phase) ?? 0) + 1);
  }

  started(phase: string | undefined): void {
    if (phase === undefined || this.#started.has(phase)) return;
    this.#started.add(phase);
    this.#journal.append({ type: 'phase-started', phase });
  }

  ended(phase: string | undefined): void {
    const open = phase === undefined ? undefined : this.#open.get(phase);
    if (phase === undefined || open === undefined) return;
    if (open > 1) this.#open.set(phase, open - 1);
    else {
      this.#open.delete(phase);
      if (this.#started.has(phase)) this.#end(phase);
    }
  }

  #end(phase: string): void {
    this.#started.delete(phase);
    this.#journal.append({ type: 'phase-ended', phase });
  }
}
