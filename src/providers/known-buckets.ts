import type { Usage } from '../protocol/message.ts';

type Buckets = { [K in Exclude<keyof Usage, 'estimated'>]?: number | null | undefined };

/** Usage with what is not known left out, so that nobody takes it for zero. */
export function knownBuckets(buckets: Buckets): Usage {
  const known = Object.entries(buckets).filter(
    ([, value]) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  );
  return Object.fromEntries(known.map(([name, value]) => [name, Math.round(Number(value))]));
}

/** A total less the parts of it that are counted elsewhere; unknown if the total is. */
export function less(total: number | null | undefined, ...parts: (number | null | undefined)[]): number | undefined {
  if (typeof total !== 'number') return undefined;
  return Math.max(0, total - parts.reduce<number>((sum, part) => sum + (part ?? 0), 0));
}
