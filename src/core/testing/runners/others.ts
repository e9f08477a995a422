import { addCounts, countsInWords, noTests, numberIn, type RunnerReader, type TestCounts } from '../figures.ts';

/** A runner whose every line that says something is added up. */
const byLine = (name: string, read: (line: string) => Partial<TestCounts> | undefined): RunnerReader => ({
  name,
  read(lines) {
    const counts = noTests();
    let told = false;
    for (const line of lines) {
      const more = read(line);
      if (!more) continue;
      told = true;
      addCounts(counts, more);
    }
    return told ? counts : undefined;
  },
});

/** `Passed!  - Failed:     0, Passed:     5, Skipped:     0, …` */
export const dotnet = byLine('dotnet', line =>
  /^(Passed|Failed|Skipped)!\s+- /.test(line)
    ? {
        passed: numberIn(line, /Passed:\s+(\d+)/) ?? 0,
        failed: numberIn(line, /Failed:\s+(\d+)/) ?? 0,
        skipped: numberIn(line, /Skipped:\s+(\d+)/) ?? 0,
      }
    : undefined,
);

/** `5 examples, 1 failure, 1 pending` */
export const rspec = byLine('rspec', line => {
  const all = numberIn(line, /^(\d+) examples?, \d+ failures?/);
  if (all === undefined) return undefined;
  const failed = numberIn(line, /, (\d+) failures?/) ?? 0;
  const skipped = numberIn(line, /, (\d+) pending/) ?? 0;
  return { passed: all - failed - skipped, failed, skipped };
});

/** `  5 passed (3.2s)`, `  1 failed`, `  2 skipped`; only the line of those that passed tells it from other programs. */
export const playwright: RunnerReader = {
  name: 'playwright',
  read(lines) {
    if (!lines.some(line => /^\s+\d+ (passed \([\d.]+\w+\)|failed)$/.test(line))) return undefined;
    const counts = noTests();
    for (const line of lines)
      if (/^\s+\d+ (passed(?: \([\d.]+\w+\))?|failed|skipped)$/.test(line)) addCounts(counts, countsInWords(line));
    return counts;
  },
};
