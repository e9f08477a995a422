import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demo } from '../support/host/demo.ts';
import { Workbench } from '../support/host/workbench.ts';

describe('a demo session, as a person runs it', function () {
  // It goes on for half a minute by itself, longer where it was cut off.
  this.timeout(360_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestrate-demo-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('goes from the palette over plan and review to the report', async () => {
    await using workbench = await Workbench.open({ workspace: folder, everything: true });
    const { page } = workbench;
    await demo.start(workbench);
    await page.locator('.codelens-decoration', { hasText: '6 tasks' }).first().waitFor();
    assert.equal(await page.getByText('Your application running on port').count(), 0);
    await workbench.screenshot('demo-plan');
    await workbench.approvePlan();
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Task .*(running|being checked|completed)/ })
      .first()
      .waitFor();
    await workbench.screenshot('demo-running');
    await demo.ended(workbench);
    await workbench.inEveryTheme(theme => workbench.screenshot(`demo-ended-${theme}`));
    assert.ok((await readdir(join(folder, 'server'))).length > 0);
    await workbench.run('Orchestrate: Accept All Changes');
    await page.locator('.sidebar').getByText('Nothing waits for review').waitFor();
    await workbench.run('Orchestrate: Show Report');
    await page.locator('.tab', { hasText: 'report.md' }).waitFor();
    await workbench.screenshot('demo-report');
  });

  it('is offered for resuming after a reload in the middle, and then goes on to its end', async () => {
    await using workbench = await Workbench.open({ workspace: folder, installed: true });
    const { page } = workbench;
    await demo.start(workbench);
    await workbench.approvePlan();
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Task .*running/ })
      .first()
      .waitFor();
    await page.reload();
    await page.locator('.monaco-workbench .activitybar').waitFor();
    // By then the old window has let go of it.
    const cut = page.locator('.sidebar').getByRole('treeitem', { name: /^Session Build a simple todo.*interrupted/ });
    await cut.first().click();
    await cut.first().getByRole('button', { name: 'Resume Session...' }).click();
    await demo.ended(workbench);
  });
});
