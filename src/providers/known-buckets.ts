import type { Usage } from '../protocol/message.ts';

type Buckets = { [K in Exclude<keyof Usage, 'estimated'>]?: number | null | undefined };

/** No request holds so many tokens: a counter that ran below zero, or into its end, tells nothing. */
const MOST_TOKENS = 1e9;

/** Usage with what is not known left out, so that nobody takes it for zero. */
export function knownBuckets(buckets: Buckets): Usage {
  const known = Object.entries(buckets).filter(
    ([, value]) => typeof value === 'number' && value >= 0 && value <= MOST_TOKENS,
  );
  return Object.fromEntries(known.map(([name, value]) => [name, Math.round(Number(value))]));
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
  const rest = parts.reduce<number>((left, part) => left - Math.max(0, part ?? 0), total);
  return rest < 0 ? total : rest;
}
