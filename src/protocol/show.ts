import type { NanoUsd } from './ids.ts';

/** "$0.0042", "$1.25"; small sums keep two significant digits, so that nothing that cost money reads as zero. */
export function showMoney(nano: NanoUsd | undefined): string {
  if (nano === undefined) return 'unknown';
  if (nano === 0) return '$0.00';
  const usd = nano / 1e9;
  if (usd >= 0.1) return `$${usd.toFixed(2)}`;
  const digits = Math.min(9, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(digits)}`;
}

/** "950", "12.3k", "1.2M". */
export function showCount(count: number | undefined): string {
  if (count === undefined) return 'unknown';
  if (count < 1000) return String(Math.round(count));
  const [value, unit] = count < 999_500 ? [count / 1000, 'k'] : [count / 1e6, 'M'];
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)}${unit}`;
}

/** "1 file", "3 files": one of them has its own word. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${plural(count, one, many)}`;

/** The text for one, or for any other number of things. */
export const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** "0.4 s", "12 s", "3 min 05 s", "2 h 14 min". */
export function showDuration(elapsed: number | undefined): string {
  if (elapsed === undefined) return 'unknown';
  // A clock that was set back does not make time run backwards.
  const ms = Math.max(0, elapsed);
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** What a sum of costs may claim to be: `≤` where some of it is an upper bound, `+` where some is not known, `~` for both. */
export function showCosts({ cost, boundCost, unknownCost }: Costs): string {
  const [bound, unknown] = [boundCost > 0, unknownCost > 0];
  const money = showMoney(cost);
  if (bound) return `${unknown ? '~' : '≤'}${money}`;
  return unknown ? `${money}+` : money;
}

interface Costs {
  cost: number;
  /** The part of `cost` that is an upper bound. */
  boundCost: number;
  /** Calls of which nobody knows what they cost. */
  unknownCost: number;
}
