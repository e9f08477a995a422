/** A signal for one request that follows a longer-lived one for as long as the request lasts. */
export interface OwnSignal {
  signal: AbortSignal;
  abort(): void;
  /** Stops following. */
  release(): void;
}

export function ownSignal(outer: AbortSignal): OwnSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (outer.aborted) abort();
  outer.addEventListener('abort', abort, { once: true });
  return { signal: controller.signal, abort, release: () => outer.removeEventListener('abort', abort) };
}
