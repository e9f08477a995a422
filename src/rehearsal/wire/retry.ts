import type { RetryForm } from './fault.ts';

/** Milliseconds as Go prints a duration: "6ms", "1.5s", "1m2s". */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = (ms % 60_000) / 1000;
  const hours = Math.floor(minutes / 60);
  return `${hours ? `${hours}h` : ''}${minutes ? `${minutes % 60}m` : ''}${seconds}s`;
}

/** The headers that carry a hint; those that go into the body have none. */
export function retryHeaders(retry: RetryForm | undefined, nowMs: number): Record<string, string> {
  if (!retry) return {};
  switch (retry.form) {
    case 'seconds':
      return { 'retry-after': String(Math.ceil(retry.ms / 1000)) };
    case 'milliseconds':
      return { 'retry-after-ms': String(retry.ms) };
    case 'http-date':
      return { 'retry-after': new Date(Math.ceil((nowMs + retry.ms) / 1000) * 1000).toUTCString() };
    case 'rfc3339':
      return {
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': new Date(nowMs + retry.ms).toISOString(),
      };
    case 'go-duration':
      return {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': goDuration(retry.ms),
      };
    default:
      return {};
  }
}
