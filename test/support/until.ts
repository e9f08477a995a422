const LIMIT_MS = 50_000;

/** Waits until it holds, however slow the machine; a test that hangs on it says what never came. */
export async function until(holds: () => unknown, everyMs = 20): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never came: ${holds}`);
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
}
