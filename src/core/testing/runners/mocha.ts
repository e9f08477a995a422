import { addCounts, noTests, numberIn, type RunnerReader, Suites, UNNAMED } from '../figures.ts';

/** `  12 passing (135ms)`, `  2 pending`, `  1 failing`; before it, with the spec reporter, the tests in their suites. */
export const mocha: RunnerReader = {
  name: 'mocha',
  read(lines) {
    const counts = noTests();
    let told = false;
    for (const line of lines) {
      const passed = numberIn(line, /^\s+(\d+) passing(?: \([\d.]+\w+\))?$/);
      const skipped = numberIn(line, /^\s+(\d+) pending$/);
      const failed = numberIn(line, /^\s+(\d+) failing$/);
      if (passed !== undefined || failed !== undefined) told = true;
      addCounts(counts, { passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 });
    }
    return told ? { ...counts, suites: suitesOf(lines) } : undefined;
  },
};

function suitesOf(lines: readonly string[]) {
  const suites = new Suites();
  let suite = UNNAMED;
  for (const line of lines) {
    if (/^\s+\d+ passing/.test(line)) break;
    const top = /^ {2}(\S.*)$/.exec(line)?.[1];
    const [, mark = ''] = /^\s+(✔|✓|√|-|\d+\)) \S/.exec(line) ?? [];
    if (mark === '') suite = top ?? suite;
    else suites.add(suite, mark === '-' ? { skipped: 1 } : mark.endsWith(')') ? { failed: 1 } : { passed: 1 });
  }
  return suites.list;
}
