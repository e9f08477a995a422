/**
 * Runs a call of the SDK that shall send by this `fetch`. It takes none; it looks the global one up as its call begins, in
 * the same synchronous step, so that nobody else can notice.
 */
export function withFetch<T>(own: typeof fetch, call: () => T): T {
  const before = globalThis.fetch;
  globalThis.fetch = own;
  try {
    return call();
  } finally {
    globalThis.fetch = before;
  }
}
