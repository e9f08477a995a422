import { openWorkbenches, type Workbench } from './workbench.ts';

let before: ReadonlySet<Workbench> = new Set();

/**
 * A test that ran out of time still stands somewhere in its middle: without its window it comes to its end, instead of
 * pressing keys beside its second attempt.
 */
export const mochaHooks = {
  beforeEach() {
    before = new Set(openWorkbenches);
  },
  async afterEach() {
    for (const workbench of openWorkbenches) if (!before.has(workbench)) await workbench.close();
  },
};
