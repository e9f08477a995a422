import { addCounts, noTests, numberIn, type RunnerReader } from '../figures.ts';

/** Python's own: `Ran 5 tests in 0.001s`, and on a later line `OK (skipped=1)` or `FAILED (failures=1, errors=1)`. */
export const unittest: RunnerReader = {
  name: 'unittest',
  read(lines) {
    const counts = noTests();
    let told = false;
    let open: number | undefined;
    for (const line of lines) {
      const ran = numberIn(line, /^Ran (\d+) tests? in /);
      if (ran !== undefined) {
        if (open !== undefined) addCounts(counts, { passed: open });
        told = true;
        open = ran;
      } else if (open !== undefined && /^(OK|FAILED)( \(|$)/.test(line)) {
        const of = (word: string) => numberIn(line, new RegExp(`\\b${word}=(\\d+)`)) ?? 0;
        const failed = of('failures') + of('errors');
        const skipped = of('skipped') + of('expected failures');
        addCounts(counts, { passed: Math.max(0, open - failed - skipped), failed, skipped });
        open = undefined;
      }
    }
    if (open !== undefined) addCounts(counts, { passed: open });
    return told ? counts : undefined;
  },
};
