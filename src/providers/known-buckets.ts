import type { Usage } from '../protocol/message.ts';

type Buckets = { [K in Exclude<keyof Usage, 'estimated'>]?: unknown };

/** No request holds so many tokens: a counter that ran below zero, or into its end, tells nothing. */
const MOST_TOKENS = 1e9;

/** Usage with what is not known left out, so that nobody takes it for zero. */
export function knownBuckets(buckets: Buckets): Usage {
  const known = Object.entries(buckets).filter(([, value]) => isCount(value));
  return Object.fromEntries(known.map(([name, value]) => [name, Math.round(Number(value))]));
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST_TOKENS;
}

/** A vendor's count as it was sent: undefined where there is none, and not a number where it cannot be one. */
export function count(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return isCount(value) ? value : Number.NaN;
}

/** A total less the parts of it that are counted elsewhere; unknown if the total is. */
export function less(total: number | null | undefined, ...parts: (number | null | undefined)[]): number | undefined {
  if (typeof total !== 'number') return undefined;
  return Math.max(0, total - parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
}

/**
 * What of a prompt was not read from a cache or written to one. Parts that are more than their whole are counted
 * beside it, or wrongly: then none of the whole is taken for cheap.
 */
export function uncached(
  total: number | null | undefined,
  ...parts: (number | null | undefined)[]
): number | undefined {
  if (typeof total !== 'number') return undefined;
  const rest = parts.reduce<number>((left, part) => left - (isCount(part) ? part : 0), total);
  return rest < 0 ? total : rest;
}
