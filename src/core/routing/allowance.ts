import type { Clock } from '../ports.ts';
import type { LimitInfo } from './contract.ts';

/** A bucket that the vendor refills steadily: what was left in it when it was last told of. */
interface Bucket {
  left: number;
  at: number;
  /** Milliseconds until one more fits; infinite where the vendor does not say. */
  perUnitMs: number;
  size: number;
}

/** What a key and model may still send by the vendor's own counters, so that we wait before it refuses. */
export class Allowance {
  #clock: Clock;
  #requests: Bucket | undefined;
  #tokens: Bucket | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  learn(limits: LimitInfo): void {
    this.#requests = this.#bucket(limits.requests) ?? this.#requests;
    this.#tokens = this.#bucket(limits.tokens) ?? this.#tokens;
  }

  /** A request has gone out that the counters do not know of yet. */
  spend(tokens: number): void {
    if (this.#requests) this.#requests.left -= 1;
    if (this.#tokens) this.#tokens.left -= tokens;
  }

  /** Milliseconds until a request of about this size should pass; 0 where nothing is known against it. */
  holdMs(tokens: number): number {
    return Math.max(this.#until(this.#requests, 1), this.#until(this.#tokens, tokens));
  }

  /** After a refusal only the refusal's own hint counts. */
  forget(): void {
    this.#requests = undefined;
    this.#tokens = undefined;
  }

  #bucket(told: LimitInfo['requests']): Bucket | undefined {
    if (told?.remaining === undefined || told.resetMs === undefined) return undefined;
    const size = told.limit ?? told.remaining + 1;
    const used = Math.max(1, size - told.remaining);
    return { left: told.remaining, at: this.#clock.monotonic(), perUnitMs: told.resetMs / used, size };
  }

  #until(bucket: Bucket | undefined, need: number): number {
    if (!bucket) return 0;
    const since = this.#clock.monotonic() - bucket.at;
    const left = bucket.perUnitMs > 0 ? bucket.left + since / bucket.perUnitMs : bucket.size;
    // A request larger than the whole bucket passes when the bucket is full, or never.
    return Math.max(0, Math.ceil((Math.min(need, bucket.size) - left) * bucket.perUnitMs));
  }
}
