import assert from 'node:assert/strict';
import { countTests } from '../../../src/core/team/test-counts.ts';

const CASES: [string, string, { passed: number; failed: number } | undefined][] = [
  ['mocha', '\n  12 passing (135ms)\n  1 pending\n  2 failing\n\n  1) a test', { passed: 12, failed: 2 }],
  ['mocha in colours', '\u001b[32m  3 passing\u001b[0m\u001b[90m (8ms)\u001b[0m\n', { passed: 3, failed: 0 }],
  ['node:test, spec', 'ℹ tests 6\nℹ suites 0\nℹ pass 5\nℹ fail 1\nℹ skipped 0\n', { passed: 5, failed: 1 }],
  ['node:test, TAP', '1..6\n# tests 6\n# pass 6\n# fail 0\n', { passed: 6, failed: 0 }],
  [
    'jest',
    'Test Suites: 1 failed, 2 total\nTests:       1 failed, 2 skipped, 5 passed, 8 total\nTime: 1 s',
    { passed: 5, failed: 1 },
  ],
  ['jest, all failed', 'Tests:       2 failed, 2 total', { passed: 0, failed: 2 }],
  ['vitest', ' Test Files  1 passed (1)\n      Tests  1 failed | 5 passed (6)\n', { passed: 5, failed: 1 }],
  ['pytest', '===== 1 failed, 3 passed, 2 warnings in 0.12s =====', { passed: 3, failed: 1 }],
  ['pytest -q', '...\n3 passed in 0.01s', { passed: 3, failed: 0 }],
  ['pytest that cannot import', '=== 2 errors in 0.40s ===', { passed: 0, failed: 2 }],
  [
    'cargo, several crates',
    'test result: ok. 5 passed; 0 failed; 1 ignored\ntest result: FAILED. 1 passed; 2 failed;',
    { passed: 6, failed: 2 },
  ],
  [
    'go test -v',
    '=== RUN TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/x (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL',
    { passed: 2, failed: 1 },
  ],
  ['unittest', '..\n-----\nRan 5 tests in 0.001s\n\nFAILED (failures=1, errors=1)', { passed: 3, failed: 2 }],
  ['unittest, all well', 'Ran 1 test in 0.001s\n\nOK', { passed: 1, failed: 0 }],
  ['rspec', 'Finished in 0.1 seconds\n5 examples, 1 failure, 1 pending', { passed: 4, failed: 1 }],
  [
    'dotnet',
    'Passed!  - Failed:     0, Passed:     5, Skipped:     0, Total:     5, Duration: 9 ms',
    { passed: 5, failed: 0 },
  ],
  ['playwright', '\n  1 failed\n    a.spec.ts:3:1 › x\n  4 passed (3.2s)\n', { passed: 4, failed: 1 }],
  ['two runs of one reporter', '  3 passing (1ms)\n  4 passing (2ms)', { passed: 7, failed: 0 }],
  ['lines end as on Windows', '  3 passing (1ms)\r\n  1 failing\r\n', { passed: 3, failed: 1 }],
  ['a build', 'built 12 files, 3 warnings\npassed all gates', undefined],
  ['prose', 'I ran 5 tests and 5 passed.', undefined],
  ['nothing', '', undefined],
];

describe('tests counted from output', () => {
  for (const [name, output, counts] of CASES) {
    it(`of ${name}`, () => assert.deepEqual(countTests(output), counts));
  }

  it('in time linear in the output, whatever it holds', () => {
    const hostile = `${'1 a, '.repeat(100_000)}\n${' '.repeat(100_000)}\n`.repeat(3);
    assert.equal(countTests(hostile), undefined);
  });
});
