import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What one run of Mocha came to. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Each failed test's full title and what it said. */
  failures: string[];
  /** The same of each attempt that was followed by another. */
  again: string[];
}

/** Mocha's usual list; besides, the counts and the failures go to the file that `npm test` names. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env.ORCHESTRATE_TEST_COUNTS;
    if (!file) return;
    const said = (test: Mocha.Runnable, error: Error) => `${test.fullTitle()}\n${error.stack ?? error.message}`;
    const failed: string[] = [];
    const again: string[] = [];
    runner.on('fail', (test, error: Error) => failed.push(said(test, error)));
    runner.on('retry', (test, error: Error) => again.push(said(test, error)));
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const counts: Counts = { passed: passes, failed: failures, skipped: pending, failures: failed, again };
      appendFileSync(file, `${JSON.stringify(counts)}\n`);
    });
  }
}
