import type { Clock } from '../ports.ts';

/** Resolves after `ms`, or at once with false when the signal says stop. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise(resolve => {
    const stop = () => {
      timer.dispose();
      resolve(false);
    };
    const timer = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Exponential with half of it left to chance, so that agents that failed together do not come back together. */
export function backoffMs(attempt: number, settings: { baseMs: number; maxMs: number }, random: () => number): number {
  const ceiling = Math.min(settings.maxMs, settings.baseMs * 2 ** (attempt - 1));
  return ceiling / 2 + (ceiling / 2) * random();
}
