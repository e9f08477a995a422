import type { Row, TallyView } from './dashboard-rows.ts';

type Provider = Pick<Row<'providers'>, 'live' | 'parked' | 'breakers' | 'health'> & {
  tally: Pick<TallyView, 'succeeded' | 'failed'>;
};

/** How a provider stands, as far as the calls of a session tell. */
export type ProviderStanding =
  | { kind: 'parked'; until: number; error: string; reason: string; model?: string | undefined }
  | { kind: 'open' | 'half-open'; models: string[] }
  | { kind: 'unreachable'; message?: string }
  /** No call has succeeded, or none any more when the session ended. */
  | { kind: 'failing' }
  /** Nobody has asked it yet. */
  | { kind: 'unasked' }
  | { kind: 'ready' };

/**
 * What keeps calls away comes first: a parking that lasts, then breakers, then what the last probe found. Breakers and
 * probes end with their session, and what they knew then is all that is known.
 */
export function standingOf({ live, parked, breakers, health, tally }: Provider, now: number): ProviderStanding {
  const [first] = parked.filter(({ until }) => until > now).sort((a, b) => a.until - b.until);
  if (first) return { kind: 'parked', ...first };
  for (const kind of ['open', 'half-open'] as const) {
    const models = breakers.filter(({ state }) => state === kind).map(({ model }) => model);
    if (models.length > 0) return live ? { kind, models } : { kind: 'failing' };
  }
  if (health && !health.ok) {
    if (!live) return { kind: 'failing' };
    return { kind: 'unreachable', ...(health.message !== undefined && { message: health.message }) };
  }
  if (tally.succeeded > 0 || health) return { kind: 'ready' };
  return { kind: tally.failed > 0 ? 'failing' : 'unasked' };
}
