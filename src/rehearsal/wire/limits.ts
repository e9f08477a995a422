import type { LimitInfo } from '../../core/routing/contract.ts';
import { goDuration } from './retry.ts';
import type { Vendor } from './types.ts';

/** Limits as each vendor tells them in headers; Google and Ollama tell none. */
export function limitHeaders(vendor: Vendor, limits: LimitInfo | undefined, nowMs: number): Record<string, string> {
  if (!limits || vendor === 'google' || vendor === 'ollama') return {};
  const headers: Record<string, string> = {};
  for (const [what, limit] of Object.entries(limits)) {
    const put = (field: string, value: string) => {
      headers[vendor === 'anthropic' ? `anthropic-ratelimit-${what}-${field}` : `x-ratelimit-${field}-${what}`] = value;
    };
    if (limit?.limit !== undefined) put('limit', String(limit.limit));
    if (limit?.remaining !== undefined) put('remaining', String(limit.remaining));
    if (limit?.resetMs !== undefined)
      put('reset', vendor === 'anthropic' ? new Date(nowMs + limit.resetMs).toISOString() : goDuration(limit.resetMs));
  }
  return headers;
}
