import type { NanoUsd } from '../../protocol/ids.ts';
import { showCount, showDuration, showMoney } from '../../protocol/show.ts';
import { allTokens } from '../../protocol/tokens.ts';
import type { ProviderState, SessionState, Tally } from './state.ts';

const ended = (tally: Tally) => tally.succeeded + tally.failed;

/** All tokens that went in and out. */
export const tokensOf = ({ usage }: Tally): number => allTokens(usage);

/** Undefined while no call has ended. */
export const responseMs = (tally: Tally): number | undefined =>
  ended(tally) === 0 ? undefined : tally.ms / ended(tally);

/** Undefined while no call has ended. */
export const successRate = (tally: Tally): number | undefined =>
  ended(tally) === 0 ? undefined : tally.succeeded / ended(tally);

export function showRate(rate: number | undefined): string {
  if (rate === undefined) return 'unknown';
  // Never 100 % while something failed.
  return `${rate < 1 ? Math.min(99.9, Math.round(rate * 1000) / 10) : 100}%`;
}

/** What is not known is not counted as nothing: "at least 1.2k", or "unknown". */
export function showTokens(tally: Tally): string {
  const tokens = tokensOf(tally);
  if (tally.unknownUsage === 0) return showCount(tokens);
  return tokens === 0 ? 'unknown' : `at least ${showCount(tokens)}`;
}

/** The most that calls without an outcome may cost: under way, or cut off with the process that made them. */
export function openCost({ openCalls }: SessionState): NanoUsd {
  let sum = 0;
  for (const { intent } of openCalls.values()) sum += intent.reserved ?? 0;
  return sum;
}

/** What a sum of costs may claim to be, by what went into it. */
export function showSpent(cost: NanoUsd, bound: NanoUsd, unknownCalls: number): string {
  if (unknownCalls > 0 && cost === 0) return 'unknown';
  if (unknownCalls > 0) return bound > 0 ? `${showMoney(cost)} booked` : `at least ${showMoney(cost)}`;
  return bound > 0 ? `at most ${showMoney(cost)}` : showMoney(cost);
}

export const showCost = (tally: Tally): string => showSpent(tally.cost, tally.boundCost, tally.unknownCost);

export const showResponse = (tally: Tally): string => showDuration(responseMs(tally));

export const consumption = (tally: Tally): string => `${showTokens(tally)} tokens (${showCost(tally)})`;

/** By name: which of them answered first says nothing. */
export const providersByName = ({ providers }: SessionState): ProviderState[] =>
  [...providers.values()].sort((one, other) => (one.provider < other.provider ? -1 : 1));
export const providersCalled = (state: SessionState): ProviderState[] =>
  providersByName(state).filter(({ tally }) => tally.calls > 0);
