import type { LimitInfo } from '../../core/routing/contract.ts';
import { durationMs } from './duration.ts';

type Bucket = NonNullable<LimitInfo['requests']>;

/** Anthropic's limit headers; resets are points in time. */
export function anthropicLimits(headers: Headers, now: number): LimitInfo | undefined {
  const bucket = (name: string): Bucket | undefined =>
    bucketOf(
      headers.get(`anthropic-ratelimit-${name}-limit`),
      headers.get(`anthropic-ratelimit-${name}-remaining`),
      untilTime(headers.get(`anthropic-ratelimit-${name}-reset`), now),
    );
  const tokens = tightest([bucket('tokens'), bucket('input-tokens'), bucket('output-tokens')]);
  return limitInfo(bucket('requests'), tokens);
}

/** The limit headers of OpenAI and those who took them over; resets are Go durations or seconds. */
export function openaiLimits(headers: Headers): LimitInfo | undefined {
  const bucket = (name: string): Bucket | undefined =>
    bucketOf(
      headers.get(`x-ratelimit-limit-${name}`),
      headers.get(`x-ratelimit-remaining-${name}`),
      untilDuration(headers.get(`x-ratelimit-reset-${name}`)),
    );
  return limitInfo(bucket('requests'), bucket('tokens'));
}

/** How long until what is used up comes back; the longest where several are. */
export function exhaustedMs(limits: LimitInfo | undefined): number | undefined {
  const waits = [limits?.requests, limits?.tokens].flatMap(bucket =>
    bucket?.remaining === 0 && bucket.resetMs !== undefined ? [bucket.resetMs] : [],
  );
  return waits.length ? Math.max(...waits) : undefined;
}

function limitInfo(requests: Bucket | undefined, tokens: Bucket | undefined): LimitInfo | undefined {
  if (!requests && !tokens) return undefined;
  return { ...(requests && { requests }), ...(tokens && { tokens }) };
}

function bucketOf(limit: string | null, remaining: string | null, resetMs: number | undefined): Bucket | undefined {
  const limitCount = count(limit);
  const remainingCount = count(remaining);
  if (limitCount === undefined && remainingCount === undefined && resetMs === undefined) return undefined;
  return {
    ...(limitCount !== undefined && { limit: limitCount }),
    ...(remainingCount !== undefined && { remaining: remainingCount }),
    ...(resetMs !== undefined && { resetMs }),
  };
}

/** Of several buckets for tokens the one that will stop us first. */
function tightest(buckets: (Bucket | undefined)[]): Bucket | undefined {
  const share = (bucket: Bucket) =>
    bucket.remaining === undefined ? 1 : bucket.remaining / Math.max(1, bucket.limit ?? bucket.remaining);
  return buckets.filter(bucket => bucket !== undefined).sort((a, b) => share(a) - share(b))[0];
}

function count(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

function untilTime(text: string | null, now: number): number | undefined {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function untilDuration(text: string | null): number | undefined {
  if (text === null) return undefined;
  const seconds = count(text);
  return seconds === undefined ? durationMs(text) : Math.ceil(seconds * 1000);
}
