import type { TestFigures } from '../../protocol/tests.ts';
import { addCounts, noTests, type RunnerReader, type SuiteCounts, type TestCounts, UNNAMED } from './figures.ts';
import { printedLines } from './lines.ts';
import { cargo } from './runners/cargo.ts';
import { go } from './runners/go.ts';
import { jest } from './runners/jest.ts';
import { readJunit } from './runners/junit.ts';
import { mocha } from './runners/mocha.ts';
import { nodeTest } from './runners/node-test.ts';
import { dotnet, playwright, rspec } from './runners/others.ts';
import { pytest } from './runners/pytest.ts';
import { tap } from './runners/tap.ts';
import { unittest } from './runners/unittest.ts';
import { vitest } from './runners/vitest.ts';

const RUNNERS: RunnerReader[] = [jest, vitest, cargo, pytest, nodeTest, mocha, playwright, go, dotnet, rspec, unittest];
const MOST_SUITES = 200;

/**
 * Tests counted from what known runners printed; undefined where none is recognised. Several runs are added up, also of
 * different runners; a report in a format that many write counts only where no runner spoke for itself.
 */
export function readTests(output: string): TestFigures | undefined {
  const lines = printedLines(output);
  const told = RUNNERS.flatMap(({ name, read }) => {
    const found = read(lines);
    return found ? [{ name, ...found }] : [];
  });
  if (told.length > 0) return figures(told);
  const junit = readJunit(output);
  if (junit) return figures([{ name: 'JUnit XML', ...junit }]);
  const points = tap.read(lines);
  return points && figures([{ name: tap.name, ...points }]);
}

type Told = TestCounts & { name: string; suites?: SuiteCounts[] };

export function figures(told: readonly Told[]): TestFigures {
  const counts = noTests();
  for (const one of told) addCounts(counts, one);
  const suites = told.flatMap(one => one.suites ?? []);
  const sum = noTests();
  for (const suite of suites) addCounts(sum, suite);
  const whole = sum.passed === counts.passed && sum.failed === counts.failed && sum.skipped === counts.skipped;
  // One group without a name is the whole once more.
  const named = suites.length > 1 || (suites.length === 1 && suites[0]?.name !== UNNAMED);
  return {
    ...counts,
    runners: told.map(({ name }) => name),
    ...(whole && named && suites.length <= MOST_SUITES && { suites }),
  };
}
