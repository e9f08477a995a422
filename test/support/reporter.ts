import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What one run of Mocha came to. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Mocha's usual list; besides, the counts go to the file that `npm test` names. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env.ORCHESTRATE_TEST_COUNTS;
    if (!file) return;
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const counts: Counts = { passed: passes, failed: failures, skipped: pending };
      appendFileSync(file, `${JSON.stringify(counts)}\n`);
    });
  }
}
