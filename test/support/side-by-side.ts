/**
 * Registers tests that are begun together, so many at once, and then told one after the other: for tests that mostly wait
 * for a process of their own. They share nothing that a hook sets up.
 */
export function sideBySide(atOnce: number, tests: readonly { title: string; run(): Promise<void> }[]): void {
  const results = new Map<string, Promise<void>>();
  before(() => {
    const free: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
    for (const [index, { title, run }] of tests.entries()) {
      const result = (free[index % atOnce] as Promise<unknown>).then(run);
      results.set(title, result);
      // Told where the test stands; until then it is no rejection that nobody handles.
      free[index % atOnce] = result.catch(() => undefined);
    }
  });
  for (const { title } of tests) it(title, () => results.get(title));
}
