import { addCounts, noTests, numberIn, type RunnerReader, Suites, type TestCounts, UNNAMED } from '../figures.ts';

const KINDS: Record<string, keyof TestCounts> = {
  pass: 'passed',
  fail: 'failed',
  cancelled: 'failed',
  skipped: 'skipped',
  todo: 'skipped',
};

/** node:test, spec (`ℹ pass 5`) and TAP (`# pass 5`); other TAP has no `# suites`. */
export const nodeTest: RunnerReader = {
  name: 'node',
  read(lines) {
    if (!lines.some(line => /^(?:ℹ|#) (suites|cancelled) \d+$/.test(line) || /^ℹ pass \d+$/.test(line)))
      return undefined;
    const counts = noTests();
    for (const line of lines) {
      const [, kind = ''] = /^(?:ℹ|#) (pass|fail|cancelled|skipped|todo) \d+$/.exec(line) ?? [];
      const which = KINDS[kind];
      if (which) addCounts(counts, { [which]: numberIn(line, / (\d+)$/) ?? 0 });
    }
    return { ...counts, suites: groups(lines) };
  },
};

/** Of the spec reporter: what stands in groups at the top, and beside them. */
function groups(lines: readonly string[]) {
  const suites = new Suites();
  let group: string | undefined;
  for (const line of lines) {
    if (line.startsWith('✖ failing tests:')) break;
    const opened = /^▶ (.*)$/.exec(line)?.[1];
    if (opened !== undefined) group = opened;
    const [, indent = '', mark = '', name = '', directive] =
      /^( *)([✔✖﹣]) (.*) \([\d.]+ms\)(?: # (SKIP|TODO))?/.exec(line) ?? [];
    if (mark === '') continue;
    if (indent === '' && name === group) group = undefined;
    else if (directive || mark === '﹣') suites.add(group ?? UNNAMED, { skipped: 1 });
    else suites.add(group ?? UNNAMED, mark === '✔' ? { passed: 1 } : { failed: 1 });
  }
  return suites.list;
}
