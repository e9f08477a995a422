import type { ModelRef } from '../../protocol/ids.ts';
import type { Log, NewId } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { Budget } from './budget.ts';
import type { PromptEstimates } from './estimate.ts';
import type { ProviderPool } from './pool.ts';
import type { Prices } from './prices.ts';

export interface RouterOptions {
  /** Unique to the session: keys the vendors' prompt caches together with the agent. */
  session: string;
  /** Shared by all sessions of the process. */
  pool: ProviderPool;
  budget: Budget;
  prices: Prices;
  journal: Pick<Journal, 'append' | 'commit'>;
  newId: NewId;
  log: Log;
  /** Between 0 and 1; for jitter. */
  random?: () => number;
}

/** What the turns of one session share. */
export interface TurnContext extends Required<RouterOptions> {
  estimates: PromptEstimates;
  /** Says once that a model's price is unknown. */
  priceUnknown(ref: ModelRef): void;
}
