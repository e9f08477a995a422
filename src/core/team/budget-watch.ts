import type { ModelRef } from '../../protocol/ids.ts';
import type { Disposable } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { SessionState } from '../session/state.ts';

/** What was agreed for when nobody may spend any more, while that is so. One agent's or provider's limit is not meant. */
export function spentForAll(state: SessionState): 'local' | 'pause' | 'stop' | undefined {
  const { spent } = state.budget;
  return spent?.scope === 'session' || spent?.scope === 'day' ? spent.action : undefined;
}

export interface BudgetWatchHost {
  journal: Journal;
  freeModels(): ModelRef[];
  /** Whether somebody could add money to a session that waits for it. */
  present(): boolean;
  goLocal(models: ModelRef[]): void;
  pause(reason: string): void;
  stop(reason: string): void;
}

/** Does what was agreed for the moment when the money of the session or the day is gone. */
export class BudgetWatch implements Disposable {
  readonly #subscription: Disposable;

  constructor(host: BudgetWatchHost) {
    this.#subscription = host.journal.subscribe(event => {
      if (event.type !== 'budget-spent' || (event.scope !== 'session' && event.scope !== 'day')) return;
      const reason = `the budget of the ${event.scope} is spent`;
      const free = host.freeModels();
      if (event.action === 'stop') host.stop(reason);
      else if (event.action === 'local' && free.length > 0) host.goLocal(free);
      else if (!host.present()) host.stop(`${reason}, and nobody is there to add to it`);
      else host.pause(event.action === 'local' ? `${reason}, and no model is free of charge` : reason);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
