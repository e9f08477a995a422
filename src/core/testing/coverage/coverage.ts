import type { Coverage, Share } from '../../../protocol/tests.ts';

type Kind = 'lines' | 'branches' | 'functions' | 'statements';

/** Undefined where there is nothing to cover: that is no share at all. */
export function share(covered: number, total: number): Share | undefined {
  if (!Number.isFinite(covered) || !Number.isFinite(total) || total <= 0) return undefined;
  return { percent: Math.round((10_000 * covered) / total) / 100, covered, total };
}

export const percent = (text: string | undefined): Share | undefined => {
  const value = text === undefined ? Number.NaN : Number.parseFloat(text);
  return Number.isFinite(value) && value >= 0 && value <= 100 ? { percent: value } : undefined;
};

/** Undefined where none of its shares is known. */
export function coverage(from: string, shares: Partial<Record<Kind, Share | undefined>>): Coverage | undefined {
  const known = Object.entries(shares).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : { from, ...Object.fromEntries(known) };
}
