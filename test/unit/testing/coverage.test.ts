import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCoverage } from '../../../src/core/testing/coverage/printed.ts';
import { readCobertura, readGoProfile, readLcov } from '../../../src/core/testing/coverage/reports.ts';
import { watchReports } from '../../../src/core/testing/report-files.ts';
import { testsTold } from '../../../src/core/testing/told.ts';
import type { Coverage } from '../../../src/protocol/tests.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';

const output = (name: string) => readFileSync(join(import.meta.dirname, 'outputs', `${name}.txt`), 'utf8');
const shares = (found: Coverage | undefined) =>
  found && [found.lines?.percent, found.branches?.percent, found.functions?.percent, found.statements?.percent];
const [none] = [undefined];

describe('coverage', () => {
  for (const [name, expected] of [
    ['c8', [75, 66.66, 50, 75]],
    ['nyc', [66.66, 25, 50, 50]],
    // The summary has the counts behind the shares, and rounds instead of cutting off.
    ['c8-summary', [75, 66.67, 50, 75]],
    ['jest-coverage', [66.67, 25, 50, 50]],
    ['vitest-coverage', [66.66, 25, 50, 50]],
    ['node-coverage', [75, 66.67, 50, none]],
    ['pytest-cov', [none, none, none, 60]],
    ['pytest-cov-branch', [none, none, none, 60]],
    ['go-func', [none, none, none, 75]],
  ] as const)
    it(`as ${name} printed it`, () => assert.deepEqual(shares(readCoverage(output(name))), expected));

  it('of Go packages one by one, and of none as a whole', () => {
    assert.deepEqual(readCoverage(output('go-cover')), {
      from: 'go cover',
      parts: [
        { name: 'example.org/calc', percent: 66.7 },
        { name: 'example.org/calc/words', percent: 100 },
      ],
    });
  });

  it('is unknown where none was told', () => {
    for (const name of ['node-spec', 'mocha-spec', 'jest', 'vitest', 'pytest', 'go', 'cargo'])
      assert.equal(readCoverage(output(name)), undefined, name);
    assert.equal(readLcov('TN:\nend_of_record\n', 'x'), undefined);
    assert.equal(readCobertura('<coverage lines-valid="0" lines-covered="0" line-rate="1"/>', 'x'), undefined);
    assert.equal(readGoProfile('mode: set\n', 'x'), undefined);
  });

  it('is read from the reports that runners wrote', () => {
    const lcov = (name: string) => shares(readLcov(output(name), 'lcov.info'));
    assert.deepEqual(lcov('node.lcov.info'), [75, 66.67, 50, none]);
    assert.deepEqual(lcov('c8.lcov.info'), [75, 66.67, 50, none]);
    assert.deepEqual(lcov('jest.lcov.info'), [66.67, 25, 50, none]);
    const cobertura = (name: string) => shares(readCobertura(output(name), 'coverage.xml'));
    assert.deepEqual(cobertura('nyc.cobertura.xml'), [66.67, 25, none, none]);
    assert.deepEqual(cobertura('jest.cobertura.xml'), [66.67, 25, none, none]);
    assert.deepEqual(cobertura('vitest.cobertura.xml'), [66.67, 25, none, none]);
    // coverage.py without branches writes a branch rate of 0, which is no measure.
    assert.deepEqual(cobertura('pytest.cobertura.xml'), [60, none, none, none]);
    assert.deepEqual(readGoProfile(output('go.cover.out'), 'cover.out')?.statements, {
      percent: 75,
      covered: 3,
      total: 4,
    });
  });

  it('of an earlier run is none of this one, however alike their reports are', async () => {
    const report = output('node.lcov.info');
    const files = new MemoryWorkspace({ 'coverage/lcov.info': report });
    const stale = await watchReports(files, 'npm test');
    assert.deepEqual(await testsTold('', stale), {});
    const fresh = await watchReports(files, 'npm test');
    files.put('coverage/lcov.info', report);
    const { coverage } = await testsTold('', fresh);
    assert.deepEqual([coverage?.from, coverage?.lines?.covered, coverage?.lines?.total], ['coverage/lcov.info', 6, 8]);
  });

  it('and tests are found in reports that the command names, or that stand where it goes', async () => {
    const files = new MemoryWorkspace();
    for (const [command, path, text] of [
      ['pytest --junitxml=out/tests.xml', 'out/tests.xml', output('pytest.junit.xml')],
      ['cd web && npm test', 'web/junit.xml', output('vitest-junit')],
      ['npm --prefix web test', 'web/test-results/junit.xml', output('vitest-junit')],
      ['go test -coverprofile=c/profile.out ./...', 'c/profile.out', output('go.cover.out')],
    ] as const) {
      const reports = await watchReports(files, command);
      files.put(path, text);
      const found = await testsTold('', reports);
      assert.ok(found.tests?.runners?.includes(path) || found.coverage?.from === path, command);
    }
  });

  it('is what tells more, where a runner both prints and writes it', async () => {
    const files = new MemoryWorkspace();
    const reports = await watchReports(files, 'jest --coverage');
    files.put('coverage/lcov.info', output('jest.lcov.info'));
    const { coverage, tests } = await testsTold(output('jest-coverage'), reports);
    assert.deepEqual(coverage?.statements, { percent: 50, covered: 4, total: 8 });
    assert.equal(tests?.runners?.[0], 'jest');
  });
});
