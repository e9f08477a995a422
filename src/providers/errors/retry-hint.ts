import type { RetryHint } from '../../core/routing/contract.ts';

/** When to come back, from the headers that all vendors share: `retry-after-ms`, `Retry-After` in seconds or as a date. */
export function retryHint(headers: Headers, now: number): RetryHint | undefined {
  const ms = numeric(headers.get('retry-after-ms'));
  if (ms !== undefined) return { afterMs: Math.ceil(ms) };
  const after = headers.get('retry-after');
  const seconds = numeric(after);
  if (seconds !== undefined) return { afterMs: Math.ceil(seconds * 1000) };
  const at = after === null ? Number.NaN : Date.parse(after);
  return Number.isNaN(at) ? undefined : { afterMs: Math.max(0, at - now) };
}

function numeric(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
