import type { OverviewView } from '../../src/protocol/dashboard-rows.ts';

type Spending = OverviewView['spending'];

/** What is drawn above each other, from the bottom to the top: each with the height of its upper edge. */
export interface Layer {
  id: string;
  upper: number[];
}

/** The providers on top of each other; those that have nothing of it are left out. */
export function layers({ at, providers }: Spending, what: 'cost' | 'tokens'): Layer[] {
  const below = at.map(() => 0);
  const found: Layer[] = [];
  for (const provider of providers) {
    if (!provider[what].at(-1)) continue;
    provider[what].forEach((value, index) => {
      below[index] = (below[index] ?? 0) + value;
    });
    found.push({ id: provider.id, upper: [...below] });
  }
  return found;
}

/** Of many points so many that a table of them can be read: the last is always among them. */
export function sampled(points: number, rows: number): number[] {
  if (points <= rows) return Array.from({ length: points }, (_, index) => index);
  return Array.from({ length: rows }, (_, row) => Math.round(((row + 1) * points) / rows) - 1);
}
