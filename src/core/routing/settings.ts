/** How long a stream may keep us waiting, in milliseconds. */
export interface WatchdogSettings {
  /** From sending to the first sign of an answer. */
  connectMs: number;
  /** From the answer's headers to the first event. */
  firstByteMs: number;
  /** Between two events. */
  silenceMs: number;
  /** The longest of these waits while another model of the route could be asked instead; absent: no shorter. */
  patienceMs?: number;
  /** For a model that says that it thinks, or writes a call: the longest time without a word. */
  thinkingMs?: number;
  /** The same where nothing but keep-alives comes: they say that the connection lives, not that the model works. */
  aliveMs?: number;
  /** Who says less counts as silent; 0 or absent: any byte will do. */
  leastTokensPerMinute?: number;
}

export interface BreakerSettings {
  /** Failures in a row that open it. */
  failures: number;
  /** How long it stays open the first time; doubles up to `maxOpenMs`. */
  openMs: number;
  maxOpenMs: number;
}

/** What may differ for one kind of provider, or for one provider. */
export interface ProviderSettings {
  /** Calls at once. */
  concurrency?: number;
  watchdogs?: Partial<WatchdogSettings>;
}

/** What the router may be told; every field has a default. */
export interface RoutingSettings {
  /** Further tries on the same model after a retryable or truncated answer. */
  retries: number;
  backoff: { baseMs: number; maxMs: number };
  /** The longest single wait when everything on the route is parked; a longer one fails the turn instead. */
  acceptableWaitMs: number;
  /** All waits of one turn together. */
  totalWaitMs: number;
  /** How long a key and model rest after a rate limit without a hint; doubles while limits follow each other. */
  rateLimitParkMs: number;
  /** How long a credential rests after it was refused or ran out of quota. */
  credentialParkMs: number;
  /** How long a model that a provider does not know is left alone. */
  missingParkMs: number;
  breaker: BreakerSettings;
  watchdogs: WatchdogSettings;
  /** Calls at once per provider. */
  concurrency: number;
  /** Asks the next model too when the first has been silent for so long; absent: when only its connection lives; 0: never. */
  hedgeMs?: number;
  /** How long to queue for a busy provider before a free one further down the route is taken. */
  slotPatienceMs: number;
  probeEveryMs: number;
  probeTimeoutMs: number;
  /** Asked for where neither the request nor the model says how long an answer may be. */
  maxOutputTokens: number;
  /** What differs for single providers, by name. */
  providers: Record<string, ProviderSettings>;
}

/** A machine of one's own loads a model and reads the whole prompt before the first word, and may have no fast chip. */
export const localWatchdogs: WatchdogSettings = {
  connectMs: 300_000,
  firstByteMs: 300_000,
  silenceMs: 90_000,
  patienceMs: Number.POSITIVE_INFINITY,
  thinkingMs: 300_000,
  aliveMs: 300_000,
  leastTokensPerMinute: 10,
};

export const defaultRoutingSettings = {
  retries: 2,
  backoff: { baseMs: 500, maxMs: 8000 },
  acceptableWaitMs: 90_000,
  totalWaitMs: 300_000,
  rateLimitParkMs: 10_000,
  credentialParkMs: 900_000,
  missingParkMs: 900_000,
  breaker: { failures: 5, openMs: 30_000, maxOpenMs: 300_000 },
  // A hanging provider costs 12 s where another can be asked. Alone it is asked twice, with a probe of 5 s in between:
  // whoever waits knows within a minute.
  watchdogs: {
    connectMs: 22_000,
    firstByteMs: 22_000,
    silenceMs: 22_000,
    patienceMs: 12_000,
    thinkingMs: 180_000,
    aliveMs: 45_000,
    leastTokensPerMinute: 60,
  },
  concurrency: 8,
  slotPatienceMs: 15_000,
  probeEveryMs: 300_000,
  probeTimeoutMs: 5000,
  maxOutputTokens: 16_000,
  providers: {},
} satisfies RoutingSettings;
