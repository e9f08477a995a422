import assert from 'node:assert/strict';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

describe('The report of a session that is over', () => {
  it('is copied as Markdown for a pull request, and opened with its charts', async () => {
    const settings = { 'orchestrate.permissions.commands.allow': ['node *'] };
    await using rehearsed = await RehearsedWorkbench.open({ script: 'attention', settings });
    const { workbench, goal } = rehearsed;
    const { page } = workbench;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.approvePlan();
    await workbench.notification('Which language').getByRole('button', { name: 'Swahili', exact: true }).click();
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Session\b.*completed/ })
      .waitFor();
    await workbench.run('Orchestrate: Copy Report as Markdown');
    await workbench.notification('Copied: the report as Markdown').waitFor();
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    assert.match(copied, /Greet in the language of the house/);
    assert.match(copied, /greeting\.txt/);

    // This window's files are on a server, where no browser of the person's could open them.
    await workbench.run('Orchestrate: Open Report in Browser');
    await workbench.notification('so the report is shown here').waitFor();
    await page.locator('.tab.active', { hasText: 'Report' }).waitFor();
    await workbench.frame('Session Report');
    await workbench.screenshot('report-shown');
  });
});
