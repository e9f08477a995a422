import type { Row } from './dashboard-rows.ts';

type Provider = Pick<Row<'providers'>, 'parked' | 'breakers' | 'health'>;

/** How a provider stands, as far as the calls of a session tell. */
export type ProviderStanding =
  | { kind: 'parked'; until: number; error: string; reason: string; model?: string | undefined }
  | { kind: 'open' | 'half-open'; models: string[] }
  | { kind: 'unreachable'; message?: string }
  | { kind: 'ready' };

/** What keeps calls away comes first: a parking that lasts, then breakers, then what the last probe found. */
export function standingOf({ parked, breakers, health }: Provider, now: number): ProviderStanding {
  const [first] = parked.filter(({ until }) => until > now).sort((a, b) => a.until - b.until);
  if (first) return { kind: 'parked', ...first };
  for (const kind of ['open', 'half-open'] as const) {
    const models = breakers.filter(({ state }) => state === kind).map(({ model }) => model);
    if (models.length > 0) return { kind, models };
  }
  if (health && !health.ok) {
    return { kind: 'unreachable', ...(health.message !== undefined && { message: health.message }) };
  }
  return { kind: 'ready' };
}
