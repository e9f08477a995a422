import type { Hash } from '../../protocol/ids.ts';
import type { Plan } from '../../protocol/plan.ts';
import type { HashOf } from '../ports.ts';

/** What an approval binds to: the same for the same plan, in whatever order its fields stand. */
export function planHash(plan: Plan, hashOf: HashOf): Hash {
  return hashOf(new TextEncoder().encode(JSON.stringify(ordered(plan))));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, ordered(field)]));
}
