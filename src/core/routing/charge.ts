import type { NanoUsd } from '../../protocol/ids.ts';
import type { ErrorClass, Usage } from '../../protocol/message.ts';
import type { Provider, ProviderError, ProviderFinish } from './contract.ts';
import { costOf, type Price } from './prices.ts';
import { providerKinds } from './provider-kinds.ts';

/** What a call that has ended is known or taken to have cost. */
export interface Charge {
  /** Undefined: unknown, so that the whole reservation is booked. */
  cost: NanoUsd | undefined;
  /** Something in it is an upper bound, not the vendor's figure. */
  bound: boolean;
}

const nothing: Charge = { cost: 0, bound: false };
const unknown: Charge = { cost: undefined, bound: true };

/** The vendor turned the request away: it wrote nothing, so it charges nothing. */
const turnedAway = new Set<ErrorClass | 'aborted'>([
  'rate-limit',
  'quota',
  'auth',
  'model-missing',
  'context-overflow',
  'replay-invalid',
]);

/** Network codes of requests that never reached anybody. */
const neverArrived = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** How far a call came before its last event. */
export interface Progress {
  sent: boolean;
  /** The vendor answered with a stream. */
  opened: boolean;
  /** Something of an answer came. */
  wrote: boolean;
}

/** The cost of a call at a price; what is not known is taken as the most it can be. */
export function charge(
  end: ProviderFinish | ProviderError,
  progress: Progress,
  price: Price,
  maxOutputTokens: number,
): Charge {
  if (end.type === 'finish') {
    const cost = costOf(price, end.usage);
    return cost === undefined ? bounded(price, end.usage, maxOutputTokens) : { cost, bound: false };
  }
  if (!progress.sent || (end.unbilled && !end.usage)) return nothing;
  if (!progress.opened) {
    const refused = end.status !== undefined || end.class === 'fatal' || neverArrived.has(end.code ?? '');
    return refused ? nothing : unknown;
  }
  if (!progress.wrote && turnedAway.has(end.class)) return nothing;
  if (end.class === 'content-filter' && end.usage) {
    const cost = costOf(price, end.usage);
    if (cost !== undefined) return { cost, bound: false };
  }
  return bounded(price, end.usage, maxOutputTokens);
}

/** A cut answer's count of output is where it had come to, not what will be charged: the most it could have been. */
function bounded(price: Price, usage: Usage | undefined, maxOutputTokens: number): Charge {
  if (usage?.input === undefined) return unknown;
  return { cost: costOf(price, { ...usage, output: maxOutputTokens }), bound: true };
}

/** Free is known to cost nothing; the editor's models are paid by a plan that shows no prices. */
export function freeCost(provider: Provider): NanoUsd | undefined {
  return providerKinds[provider.kind].paidByPlan ? undefined : 0;
}
