import { addCounts, countsInWords, noTests, type RunnerReader } from '../figures.ts';

/** `Tests:       1 failed, 2 skipped, 5 passed, 8 total` */
export const jest: RunnerReader = {
  name: 'jest',
  read(lines) {
    const sums = lines.filter(line => /^Tests:\s.*\d+ total/.test(line));
    const counts = noTests();
    for (const line of sums) addCounts(counts, countsInWords(line));
    return sums.length > 0 ? counts : undefined;
  },
};
