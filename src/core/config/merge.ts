import type { Config } from '../../protocol/config.ts';

export type Plain = Record<string, unknown>;

export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function over(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isPlain(below) || !isPlain(above)) return above;
  const merged: Plain = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = over(below[key], value);
  return merged;
}

/** Maps are merged key by key; lists and values of the later source stand for themselves. */
export const mergeConfig = (below: Config, above: Config): Config => over(below, above) as Config;
