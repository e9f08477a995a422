import type { Approver } from '../../protocol/delivery.ts';
import type { Delivered, DeliveryRefused, Done } from './contract.ts';
import type { Delivery } from './state.ts';

/**
 * Asks the person who watches a session whether what is described may go on: a landing, or what comes before one.
 * Undefined: nobody said yes.
 */
export type AsksPerson = (what: string, signal: AbortSignal, lands: boolean) => Promise<Approver | undefined>;

/** How an attempt to land ended. */
export type Landed =
  | { ok: true; commit: string; branch: string; ref: string }
  /** Its author can do something about it. */
  | { ok: false; reason: 'conflicted' | 'red'; message: string; fix: string; delivery: Delivery }
  | { ok: false; reason: 'waiting' | 'nothing' | 'refused'; message: string };

/** The branch of a session that works in a tree of its own. */
export interface BranchWork {
  /** Makes its branch of all that nobody has rejected, or makes it anew. */
  build(): Promise<Delivered>;
  /** Checks it on what its target would become, and lands it; `ask` is asked for the yes that is missing. */
  land(ask: AsksPerson | undefined, signal: AbortSignal): Promise<Landed>;
  /** Deploys what has landed. */
  deploy(environment: string, commit: string, by: Approver, signal: AbortSignal): Promise<Done>;
  /** Why nothing can be deployed there, before anything is done; undefined: nothing stands in the way. */
  whyNot(environment: string): Promise<DeliveryRefused | undefined>;
}
