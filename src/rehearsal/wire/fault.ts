/** The ways in which servers tell when to come back. */
export type RetryForm =
  | { form: 'none' }
  /** Header `Retry-After` in whole seconds. */
  | { form: 'seconds'; ms: number }
  /** Header `Retry-After` as an HTTP date. */
  | { form: 'http-date'; ms: number }
  /** Header `retry-after-ms`. */
  | { form: 'milliseconds'; ms: number }
  /** Anthropic's limit headers: remaining 0, reset in RFC 3339. */
  | { form: 'rfc3339'; ms: number }
  /** OpenAI's limit headers: remaining 0, reset as a Go duration. */
  | { form: 'go-duration'; ms: number }
  /** Google's `RetryInfo` in the error body. */
  | { form: 'retry-info'; ms: number };

/** What a server can be told to do wrong, on one request. `after` counts the events sent before; half of them if left out. */
export type Fault =
  /** Before any answer. */
  | { kind: 'reset-before-headers' }
  | { kind: 'stall-headers' }
  | { kind: 'stall-first-byte' }
  /** In the middle of a stream. */
  | { kind: 'stall'; after?: number }
  | { kind: 'reset'; after?: number }
  | { kind: 'truncate'; after?: number }
  | { kind: 'error-event'; after?: number; reason?: 'overloaded' | 'server' | 'rate-limit' | 'quota' }
  /** HTTP errors in the vendor's own words. */
  | { kind: 'context-overflow' }
  | { kind: 'bad-request' }
  | { kind: 'replay-invalid' }
  | { kind: 'unauthorized'; echoKey?: boolean }
  | { kind: 'payment-required' }
  | { kind: 'forbidden' }
  | { kind: 'model-missing' }
  | { kind: 'request-timeout' }
  | { kind: 'too-large' }
  | { kind: 'rate-limit'; retry?: RetryForm }
  | { kind: 'quota' }
  | { kind: 'server-error' }
  | { kind: 'unavailable'; retry?: RetryForm }
  | { kind: 'overloaded'; retry?: RetryForm }
  /** A page of a proxy instead of the vendor's body. */
  | { kind: 'html-error'; status?: number }
  /** An answer with something odd about it. */
  | { kind: 'malformed-chunk'; after?: number }
  | { kind: 'malformed-arguments' }
  | { kind: 'empty' }
  | { kind: 'refusal'; blockedPrompt?: boolean }
  | { kind: 'no-usage' }
  | { kind: 'duplicate-start' }
  /** Odd framing of a good answer. */
  | { kind: 'one-byte' }
  | { kind: 'huge-chunk'; bytes?: number }
  | { kind: 'noise'; form: 'comments' | 'crlf' | 'padded' }
  | { kind: 'split-unicode' };
