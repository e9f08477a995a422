import type { TestFigures } from '../../protocol/tests.ts';

export interface TestCounts {
  passed: number;
  failed: number;
  /** Left out on purpose: skipped, pending, ignored, to be written, or expected to fail. */
  skipped: number;
}

/** For tests that stand in no suite. */
export const UNNAMED = 'outside of suites';

/** A file, package, crate or group of tests, as the runner names it. */
export interface SuiteCounts extends TestCounts {
  name: string;
}

/** Reads what one kind of runner printed; undefined where it printed nothing of how many tests passed. */
export interface RunnerReader {
  name: string;
  read(lines: readonly string[]): (TestCounts & { suites?: SuiteCounts[] }) | undefined;
}

export const noTests = (): TestCounts => ({ passed: 0, failed: 0, skipped: 0 });

/** What is not told counts nothing. */
export function addCounts(to: TestCounts, more: { [K in keyof TestCounts]?: number | undefined }): void {
  to.passed += more.passed ?? 0;
  to.failed += more.failed ?? 0;
  to.skipped += more.skipped ?? 0;
}

/** Added up; how many were skipped is unknown where nobody told of any. */
export function sumTests(told: readonly TestFigures[]): Pick<TestFigures, 'passed' | 'failed' | 'skipped'> {
  const sum = noTests();
  for (const one of told) addCounts(sum, one);
  const { passed, failed, skipped } = sum;
  return { passed, failed, ...(told.some(one => one.skipped !== undefined) && { skipped }) };
}

export const numberIn = (line: string, pattern: RegExp): number | undefined => {
  const found = pattern.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** Counts by suite, in the order in which they were first named. */
export class Suites {
  readonly #suites = new Map<string, SuiteCounts>();

  add(name: string, counts: Partial<TestCounts>): void {
    const suite = this.#suites.get(name) ?? { name, ...noTests() };
    this.#suites.set(name, suite);
    addCounts(suite, counts);
  }

  get list(): SuiteCounts[] {
    return [...this.#suites.values()];
  }

  get sum(): TestCounts {
    const sum = noTests();
    for (const suite of this.#suites.values()) addCounts(sum, suite);
    return sum;
  }
}

/** What was counted in words on a line: "1 failed, 2 skipped, 5 passed". */
export function countsInWords(line: string): TestCounts {
  const of = (...words: string[]) =>
    words.reduce((sum, word) => sum + (numberIn(line, new RegExp(`\\b(\\d+) ${word}\\b`)) ?? 0), 0);
  return {
    passed: of('passed', 'xpassed'),
    failed: of('failed', 'errors?'),
    skipped: of('skipped', 'todo', 'pending', 'ignored', 'xfailed'),
  };
}
