import { addCounts, noTests, type RunnerReader, Suites, type TestCounts } from '../figures.ts';

const WORDS: Record<string, Partial<TestCounts>> = {
  PASS: { passed: 1 },
  FAIL: { failed: 1 },
  SKIP: { skipped: 1 },
};

/** With -v or -json, a line for each test, then one for its package; without, nobody says how many passed. */
export const go: RunnerReader = {
  name: 'go',
  read(lines) {
    const printed = lines.map(line => fromJson(line) ?? line);
    if (!printed.some(line => /^=== RUN|^\s*--- PASS: /.test(line))) return undefined;
    const counts = noTests();
    const suites = new Suites();
    let open = noTests();
    for (const line of printed) {
      const word = /^\s*--- (PASS|FAIL|SKIP): /.exec(line)?.[1];
      if (word !== undefined) {
        addCounts(counts, WORDS[word] ?? {});
        addCounts(open, WORDS[word] ?? {});
      }
      const named = /^(?:ok {2}|FAIL|---)\t(\S+)\t/.exec(line)?.[1];
      if (named === undefined) continue;
      if (open.passed + open.failed + open.skipped > 0) suites.add(named, open);
      open = noTests();
    }
    return { ...counts, suites: suites.list };
  },
};

/** The line that an event of -json stands for. */
function fromJson(line: string): string | undefined {
  if (!line.startsWith('{"Time":')) return undefined;
  try {
    const event = JSON.parse(line) as { Output?: string };
    return event.Output?.trimEnd() ?? '';
  } catch {
    return undefined;
  }
}
