import type { BudgetScope } from '../../protocol/events.ts';
import type { Disposable } from '../ports.ts';

/** What the state holds one by one, and a view may show in rows. */
export type Kept =
  | 'asks'
  | 'agents'
  | 'tasks'
  | 'budget'
  | 'providers'
  | 'models'
  | 'issues'
  | 'findings'
  | 'decisions'
  | 'artifacts'
  | 'queue'
  | 'spans'
  | 'marks';

export const budgetId = (scope: BudgetScope, key: string): string => `${scope}:${key}`;
export const spanId = (agent: string, n: number): string => `${agent}#${n}`;

/** What looks different once the session is run, or no longer is. */
export const whenRun: readonly Kept[] = ['agents', 'tasks', 'providers'];

/** Hears of one that may have changed, come or gone; without an id, of any of that kind. */
export type TouchListener = (kind: Kept, id?: string) => void;

/** Folds say what they change as they change it, so that what shows it need not know what events do. */
export class Touched {
  readonly #listeners = new Set<TouchListener>();

  one(kind: Kept, id: string): void {
    for (const listener of this.#listeners) listener(kind, id);
  }

  /** Once they are as they will be. */
  all(...kinds: readonly Kept[]): void {
    for (const kind of kinds) for (const listener of this.#listeners) listener(kind);
  }

  listen(listener: TouchListener): Disposable {
    const entry: TouchListener = (kind, id) => listener(kind, id);
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  }
}
