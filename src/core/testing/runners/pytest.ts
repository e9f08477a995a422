import { addCounts, countsInWords, noTests, type RunnerReader, Suites, type TestCounts } from '../figures.ts';

/** `==== 1 failed, 3 passed in 0.12s ====`, bare with -q. */
const SUM = /^(=+ )?(\d+ [a-z]+, )*\d+ [a-z]+ in [\d.]+s/;
const MARKS: Record<string, Partial<TestCounts>> = {
  '.': { passed: 1 },
  X: { passed: 1 },
  F: { failed: 1 },
  E: { failed: 1 },
  s: { skipped: 1 },
  x: { skipped: 1 },
};
const WORDS: Record<string, Partial<TestCounts>> = {
  PASSED: { passed: 1 },
  XPASS: { passed: 1 },
  FAILED: { failed: 1 },
  ERROR: { failed: 1 },
  SKIPPED: { skipped: 1 },
  XFAIL: { skipped: 1 },
};

export const pytest: RunnerReader = {
  name: 'pytest',
  read(lines) {
    const sums = lines.filter(line => SUM.test(line));
    if (sums.length === 0) return undefined;
    const counts = noTests();
    for (const line of sums) addCounts(counts, countsInWords(line));
    // A run in which no test ran told of none.
    if (counts.passed + counts.failed + counts.skipped === 0 && !sums.some(line => /\bpassed\b/.test(line)))
      return undefined;
    const suites = new Suites();
    for (const line of lines) {
      const [, file = '', marks = ''] = /^(\S+\.py) ([.FEsxX]+)\s+\[ *\d+%\]$/.exec(line) ?? [];
      for (const mark of marks) suites.add(file, MARKS[mark] ?? {});
      // With -v; the short summary at the end has the words in front.
      const [, path = '', word = ''] = /^(\S+\.py)::.* (PASSED|FAILED|SKIPPED|ERROR|XFAIL|XPASS)\b/.exec(line) ?? [];
      if (path !== '') suites.add(path, WORDS[word] ?? {});
    }
    return { ...counts, suites: suites.list };
  },
};
