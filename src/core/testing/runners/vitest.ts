import { addCounts, countsInWords, noTests, numberIn, type RunnerReader, Suites } from '../figures.ts';

/** `      Tests  1 failed | 5 passed | 1 todo (7)`, and before it a line for each file. */
export const vitest: RunnerReader = {
  name: 'vitest',
  read(lines) {
    const sums = lines.filter(line => /^\s*Tests\s+\d+ (failed|passed|skipped|todo)/.test(line));
    if (sums.length === 0) return undefined;
    const counts = noTests();
    for (const line of sums) addCounts(counts, countsInWords(line));
    const suites = new Suites();
    for (const line of lines) {
      // ` ❯ math.test.ts (4 tests | 1 failed | 1 skipped) 6ms`
      const file = /^ [✓❯×↓] (?:\|[^|]+\| )?(\S+) \((\d+ tests?[^)]*)\)/.exec(line);
      if (!file) continue;
      const [, name = '', told = ''] = file;
      const { failed, skipped } = countsInWords(told);
      const all = numberIn(told, /^(\d+) tests?/) ?? 0;
      suites.add(name, { passed: Math.max(0, all - failed - skipped), failed, skipped });
    }
    return { ...counts, suites: suites.list };
  },
};
