/**
 * An answer whose end has been told may still be followed by its usage and its closing mark. Servers that forget to
 * close get no longer than this.
 */
const withUsageMs = 300;
const withoutUsageMs = 2000;

/** How long to wait for more once it is known why the model stopped; undefined while that is not known. */
export function graceOf(stopped: boolean, usageKnown: boolean): number | undefined {
  if (!stopped) return undefined;
  return usageKnown ? withUsageMs : withoutUsageMs;
}

/** Waits for the step for so long; undefined where it did not come. */
export async function within<T>(step: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, Math.max(0, ms), undefined);
  });
  try {
    return await Promise.race([step, late]);
  } finally {
    clearTimeout(timer);
  }
}
