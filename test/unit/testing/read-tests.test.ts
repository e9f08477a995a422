import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readTests } from '../../../src/core/testing/read-tests.ts';

const output = (name: string) => readFileSync(join(import.meta.dirname, 'outputs', `${name}.txt`), 'utf8');
type Counts = [passed: number, failed: number, skipped: number];
const told = (text: string) => {
  const found = readTests(text);
  if (!found) return undefined;
  const suites = Object.fromEntries(
    (found.suites ?? []).map(one => [one.name, [one.passed, one.failed, one.skipped ?? 0]]),
  );
  return { who: found.runners?.join(), all: [found.passed, found.failed, found.skipped], suites };
};

/** What each run really did, as one can read in its output. */
const RUNS: [name: string, who: string, all: Counts, suites?: Record<string, Counts>][] = [
  ['node-spec', 'node', [4, 1, 2]],
  ['node-tap', 'node', [4, 1, 2]],
  ['node-coverage', 'node', [4, 1, 2]],
  ['node-lcov', 'node', [4, 1, 2]],
  ['node-junit', 'JUnit XML', [3, 1, 2], { sum: [1, 1, 2], 'outside of suites': [1, 0, 0], 'with parts': [1, 0, 0] }],
  ['mocha-spec', 'mocha', [2, 1, 2], { sum: [1, 1, 2], text: [1, 0, 0] }],
  ['mocha-dot', 'mocha', [2, 1, 2]],
  ['mocha-tap', 'TAP', [2, 1, 2]],
  ['mocha-xunit', 'JUnit XML', [2, 1, 2], { 'Mocha Tests': [2, 1, 2] }],
  ['c8', 'mocha', [2, 1, 2], { sum: [1, 1, 2], text: [1, 0, 0] }],
  ['nyc', 'mocha', [2, 1, 2], { sum: [1, 1, 2], text: [1, 0, 0] }],
  ['jest', 'jest', [2, 1, 2]],
  ['jest-coverage', 'jest', [2, 1, 2]],
  ['vitest', 'vitest', [2, 1, 2], { 't-vitest/math.test.mjs': [1, 1, 2], 't-vitest/text.test.mjs': [1, 0, 0] }],
  [
    'vitest-coverage',
    'vitest',
    [2, 0, 3],
    { 't-vitest/math.test.mjs': [1, 0, 3], 't-vitest/text.test.mjs': [1, 0, 0] },
  ],
  [
    'vitest-junit',
    'JUnit XML',
    [2, 1, 2],
    { 't-vitest/math.test.mjs': [1, 1, 2], 't-vitest/text.test.mjs': [1, 0, 0] },
  ],
  ['vitest-tap', 'TAP', [2, 1, 2], { 't-vitest/math.test.mjs': [1, 1, 2], 't-vitest/text.test.mjs': [1, 0, 0] }],
  ['tape', 'TAP', [1, 1, 0]],
  ['pytest', 'pytest', [4, 1, 2], { 'test_calc.py': [3, 1, 2], 'test_text.py': [1, 0, 0] }],
  ['pytest-9', 'pytest', [4, 1, 2], { 'test_calc.py': [3, 1, 2], 'test_text.py': [1, 0, 0] }],
  ['pytest-v', 'pytest', [4, 1, 2], { 'test_calc.py': [3, 1, 2], 'test_text.py': [1, 0, 0] }],
  ['pytest-q', 'pytest', [4, 1, 2]],
  ['pytest-cov', 'pytest', [4, 1, 2], { 'test_calc.py': [3, 1, 2], 'test_text.py': [1, 0, 0] }],
  ['pytest-broken', 'pytest', [0, 1, 0]],
  ['pytest.junit.xml', 'JUnit XML', [4, 1, 2], { pytest: [4, 1, 2] }],
  ['unittest', 'unittest', [1, 1, 1]],
  ['go-v', 'go', [5, 1, 1], { 'example.org/calc': [4, 1, 1], 'example.org/calc/words': [1, 0, 0] }],
  ['go-json', 'go', [5, 1, 1], { 'example.org/calc': [4, 1, 1], 'example.org/calc/words': [1, 0, 0] }],
  ['go-coverprofile', 'go', [5, 1, 1], { 'example.org/calc': [4, 1, 1], 'example.org/calc/words': [1, 0, 0] }],
  [
    'cargo',
    'cargo',
    [3, 1, 1],
    { 'unittests src/lib.rs': [1, 1, 1], 'tests/whole.rs': [1, 0, 0], 'Doc-tests calc': [1, 0, 0] },
  ],
  ['cargo-q', 'cargo', [3, 1, 1], { unnamed: [3, 1, 1] }],
];

describe('tests counted from what runners really printed', () => {
  for (const [name, who, all, suites = {}] of RUNS)
    it(name, () => assert.deepEqual(told(output(name)), { who, all, suites }));

  it('nothing, where nobody said how many passed', () => {
    for (const name of ['go', 'go-cover', 'go-func', 'pytest-none'])
      assert.equal(readTests(output(name)), undefined, name);
  });

  it('all of them, where several runners printed one after the other', () => {
    const found = readTests(['jest', 'pytest', 'cargo'].map(output).join('\n'));
    assert.deepEqual([found?.passed, found?.failed, found?.skipped], [9, 3, 5]);
    assert.deepEqual(found?.runners?.sort(), ['cargo', 'jest', 'pytest']);
    assert.equal(found?.suites, undefined, 'of Jest no suites are known, so that those of others would not add up');
  });
});

/** Shapes that cannot be run here. */
const WRITTEN: [string, string, Counts | undefined][] = [
  ['mocha in colours', '\u001b[32m  3 passing\u001b[0m\u001b[90m (8ms)\u001b[0m\n', [3, 0, 0]],
  ['node:test, TAP', '1..6\n# tests 6\n# suites 0\n# pass 6\n# fail 0\n# cancelled 0\n', [6, 0, 0]],
  ['jest, all failed', 'Tests:       2 failed, 2 total', [0, 2, 0]],
  ['vitest of one file', ' Test Files  1 passed (1)\n      Tests  1 failed | 5 passed (6)\n', [5, 1, 0]],
  ['rspec', 'Finished in 0.1 seconds\n5 examples, 1 failure, 1 pending', [3, 1, 1]],
  ['dotnet', 'Passed!  - Failed:     0, Passed:     5, Skipped:     2, Total:     7, Duration: 9 ms', [5, 0, 2]],
  ['playwright', '\n  1 failed\n    a.spec.ts:3:1 › x\n  2 skipped\n  4 passed (3.2s)\n', [4, 1, 2]],
  ['unittest, all well', 'Ran 1 test in 0.001s\n\nOK', [1, 0, 0]],
  ['unittest, twice', 'Ran 2 tests in 0.001s\n\nOK\nRan 3 tests in 0.001s\n\nFAILED (errors=1)', [4, 1, 0]],
  ['two runs of one reporter', '  3 passing (1ms)\n  4 passing (2ms)', [7, 0, 0]],
  ['lines end as on Windows', '  3 passing (1ms)\r\n  1 failing\r\n', [3, 1, 0]],
  [
    'a JUnit report with a greater-than in a name',
    '<testsuite name="a>b"><testcase name="1 > 0"/></testsuite>',
    [1, 0, 0],
  ],
  [
    'a JUnit report that failed and was skipped',
    '<testsuite><testcase><failure/><skipped/></testcase></testsuite>',
    [0, 1, 0],
  ],
  ['a JUnit report in a comment', '<testsuite><!-- <testcase/> --><![CDATA[<testcase/>]]></testsuite>', [0, 0, 0]],
  ['a build', 'built 12 files, 3 warnings\npassed all gates', undefined],
  ['prose', 'I ran 5 tests and 5 passed.', undefined],
  ['a list', '1. ok\n2. not ok\n', undefined],
  ['nothing', '', undefined],
];

describe('tests counted from output in the shape', () => {
  for (const [name, text, counts] of WRITTEN) it(`of ${name}`, () => assert.deepEqual(told(text)?.all, counts));

  it('of anything, in time linear in the output', () => {
    const hostile = [
      `${'1 a, '.repeat(100_000)}\n${' '.repeat(100_000)}\n`.repeat(3),
      `<testsuites>${'<testcase name="'.repeat(20_000)}`,
      `<testsuite ${'a="b" '.repeat(50_000)}>`,
      `TAP version 13\n${'    ok 1 - a {\n'.repeat(20_000)}`,
      '<!--'.repeat(50_000),
    ];
    for (const text of hostile) {
      const from = performance.now();
      readTests(text);
      assert.ok(performance.now() - from < 2000, text.slice(0, 40));
    }
  });

  it('of any mix: suites add up to the whole, or there are none', () => {
    const lines = RUNS.flatMap(([name]) => output(name).split('\n'));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 60 }), picked => {
        const found = readTests(picked.join('\n'));
        if (!found?.suites) return;
        for (const key of ['passed', 'failed', 'skipped'] as const)
          assert.equal(
            found.suites.reduce((sum, suite) => sum + (suite[key] ?? 0), 0),
            found[key],
          );
      }),
    );
  });
});
