import type { JournalEvent } from '../../protocol/events.ts';
import type { Hash, RelPath } from '../../protocol/ids.ts';
import type { Author } from '../changes/contract.ts';

/** One decision to keep what agents wrote in a file: from what a review compared with to what it compares with since. */
export interface AcceptedStep {
  path: RelPath;
  before: Hash | null;
  after: Hash | null;
  /** Where the file was before, if its user gave it another name in between. */
  from?: RelPath;
  authors: readonly Author[];
}

/** Collects what of a session was accepted, in order; to be told each of its events. */
export class AcceptedWork {
  readonly #open = new Map<string, Extract<JournalEvent, { type: 'review-intent' }>>();
  readonly #steps: AcceptedStep[] = [];
  /** What files were called when they were last decided on, or first seen. */
  readonly #names = new Map<RelPath, RelPath>();

  see(event: JournalEvent): void {
    if (event.type === 'user-edit' && event.renamedFrom !== undefined) {
      this.#names.set(event.path, this.#names.get(event.renamedFrom) ?? event.renamedFrom);
      this.#names.delete(event.renamedFrom);
    }
    if (event.type === 'review-intent' && event.action === 'accept') this.#open.set(event.review, event);
    if (event.type !== 'review-outcome') return;
    const review = this.#open.get(event.review);
    this.#open.delete(event.review);
    if (!review || !event.ok) return;
    const { path, baseline, authors: named = [] } = review;
    const authors = named.map(authorFrom);
    if (baseline.before === baseline.after) return;
    const from = this.#names.get(path);
    this.#names.delete(path);
    this.#steps.push({ path, ...baseline, authors, ...(from !== undefined && from !== path && { from }) });
  }

  /** What nobody has decided on, as a step that comes after all decisions. */
  add(step: AcceptedStep): void {
    this.#steps.push(step);
  }

  /**
   * Steps by file in rounds: what follows directly on what came before is one step, so that there is one round where
   * nobody else changed a file between two decisions.
   */
  rounds(task?: string): AcceptedStep[][] {
    const rounds: AcceptedStep[][] = [];
    const last = new Map<RelPath, { step: AcceptedStep; round: number }>();
    for (const step of this.#steps) {
      if (task !== undefined && !step.authors.some(author => author.task === task)) continue;
      const before = last.get(step.path);
      if (before && before.step.after === step.before && step.from === undefined) {
        before.step.after = step.after;
        before.step.authors = [...before.step.authors, ...step.authors];
        continue;
      }
      const round = before ? before.round + 1 : 0;
      const taken = { ...step };
      rounds[round] ??= [];
      rounds[round].push(taken);
      last.set(step.path, { step: taken, round });
    }
    return rounds;
  }
}

/** Whose work it is, each once. */
export function authorsOf(steps: readonly AcceptedStep[]): Author[] {
  const found = new Map<string, Author>();
  for (const author of steps.flatMap(step => step.authors)) {
    const { agent, task, model } = author;
    found.set(JSON.stringify([agent, task, model]), author);
  }
  return [...found.values()];
}

type Named = NonNullable<Extract<JournalEvent, { type: 'review-intent' }>['authors']>[number];

const authorFrom = ({ agent, task, model }: Named): Author => ({
  agent,
  ...(task !== undefined && { task }),
  ...(model !== undefined && { model }),
});
