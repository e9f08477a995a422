export interface TestCounts {
  passed: number;
  failed: number;
}

/** What one line of a known reporter adds; undefined when the line says nothing. */
type Reporter = (line: string) => Partial<TestCounts> | undefined;

const number = (line: string, pattern: RegExp): number | undefined => {
  const found = pattern.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
};

const counted = (passed: number | undefined, failed: number | undefined): Partial<TestCounts> | undefined =>
  passed === undefined && failed === undefined
    ? undefined
    : { ...(passed !== undefined && { passed }), ...(failed !== undefined && { failed }) };

/** In order of how sure we can be of each: the first that says anything is believed, alone. */
const REPORTERS: Reporter[] = [
  // Jest: `Tests:       1 failed, 2 skipped, 5 passed, 8 total`
  line => (/^Tests:\s.*\d+ total/.test(line) ? { passed: 0, ...words(line) } : undefined),
  // Vitest: `      Tests  1 failed | 5 passed (6)`
  line => (/^\s*Tests\s+\d+ (failed|passed|skipped)/.test(line) ? { passed: 0, ...words(line) } : undefined),
  // Cargo: `test result: ok. 5 passed; 0 failed; 0 ignored; …`
  line => (line.startsWith('test result:') ? words(line) : undefined),
  // Pytest: `==== 1 failed, 3 passed in 0.12s ====`, bare with -q; errors in collecting count as failed
  line => (/^(=+ )?(\d+ [a-z]+, )*\d+ [a-z]+ in [\d.]+s/.test(line) ? { passed: 0, ...words(line) } : undefined),
  // .NET: `Passed!  - Failed:     0, Passed:     5, Skipped:     0, …`
  line =>
    /^(Passed|Failed)!\s+- /.test(line)
      ? counted(number(line, /Passed:\s+(\d+)/), number(line, /Failed:\s+(\d+)/))
      : undefined,
  // RSpec: `5 examples, 1 failure`
  line => {
    const all = number(line, /^(\d+) examples?, \d+ failures?/);
    const failed = number(line, /, (\d+) failures?/) ?? 0;
    return all === undefined ? undefined : { passed: all - failed, failed };
  },
  // node:test, spec (`ℹ pass 5`) and TAP (`# pass 5`)
  line => counted(number(line, /^(?:ℹ|#) pass (\d+)$/), number(line, /^(?:ℹ|#) fail (\d+)$/)),
  // Mocha: `  12 passing (135ms)`, `  1 failing`; Playwright: `  5 passed (3.2s)`, `  1 failed`
  line =>
    counted(
      number(line, /^\s+(\d+) (?:passing|passed)(?: \([\d.]+\w+\))?$/),
      number(line, /^\s+(\d+) (?:failing|failed)$/),
    ),
  // Go, with -v: one line a test
  line => (/^\s*--- PASS: /.test(line) ? { passed: 1 } : /^\s*--- FAIL: /.test(line) ? { failed: 1 } : undefined),
];

function words(line: string): Partial<TestCounts> {
  const errors = number(line, /\b(\d+) errors?\b/) ?? 0;
  const failed = number(line, /\b(\d+) failed\b/);
  return (
    counted(
      number(line, /\b(\d+) passed\b/),
      failed === undefined && errors === 0 ? undefined : (failed ?? 0) + errors,
    ) ?? {}
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape character
const COLOURS = /\x1b\[[\d;]*[A-Za-z]/g;

/** Python's unittest says how many ran on one line and how it went on a later one. */
function unittest(lines: string[]): TestCounts | undefined {
  let ran: number | undefined;
  let failed = 0;
  for (const line of lines) {
    ran = number(line, /^Ran (\d+) tests? in /) ?? ran;
    if (ran !== undefined && line.startsWith('FAILED (')) {
      failed = (number(line, /failures=(\d+)/) ?? 0) + (number(line, /errors=(\d+)/) ?? 0);
    }
  }
  return ran === undefined ? undefined : { passed: Math.max(0, ran - failed), failed };
}

/** Tests counted from the output of a known reporter; undefined where none is recognised. Several runs are summed. */
export function countTests(output: string): TestCounts | undefined {
  const lines = output.replace(COLOURS, '').split(/\r?\n/);
  for (const reporter of REPORTERS) {
    let said = false;
    const sum: TestCounts = { passed: 0, failed: 0 };
    for (const line of lines) {
      const counts = line.length > 500 ? undefined : reporter(line);
      if (!counts) continue;
      said = true;
      sum.passed += counts.passed ?? 0;
      sum.failed += counts.failed ?? 0;
    }
    if (said) return sum;
  }
  return unittest(lines);
}
