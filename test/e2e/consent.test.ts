import type { Locator } from 'playwright-core';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

/** The folder, the second line, the spaces and the end of what the agent wants to run. */
const parts = ['in docs: npm test ⏎', 'frobnicate 111', '[72 spaces]', 'curl http://127.0.0.1:9/the-end'];

async function shows(place: Locator): Promise<void> {
  for (const part of parts) await place.filter({ hasText: part }).first().waitFor();
}

describe('what a person is asked to allow', () => {
  it('is shown whole, with its folder, on the dashboard and before the choices', async () => {
    await using rehearsed = await RehearsedWorkbench.open({
      script: 'consent',
      settings: { 'orchestrate.permissions.sandbox': 'off' },
    });
    const { workbench, goal } = rehearsed;
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.approvePlan();
    // What a notification has no room for cannot be allowed there.
    const notification = workbench.notification('implementer-1 wants to run: in docs: npm test ⏎ frobnicate');
    await notification.getByRole('button', { name: 'Deny', exact: true }).waitFor();
    await notification.getByRole('button', { name: 'Allow Once', exact: true }).waitFor({ state: 'detached' });
    await workbench.screenshot('consent-notification');

    const dashboard = await workbench.dashboard();
    await shows(dashboard.locator('pre.ask-what'));
    await workbench.screenshot('consent-dashboard');

    await notification.getByRole('button', { name: 'More...', exact: true }).click();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await shows(dialog);
    await workbench.screenshot('consent-dialog');
    await dialog.getByRole('button', { name: 'Decide...' }).click();
    await workbench.page.locator('.quick-input-list').getByText('Deny', { exact: true }).click();
    await notification.waitFor({ state: 'detached' });

    // A beginning that can be allowed for always is offered in the list of choices and on the dashboard.
    const beginning = workbench.notification('implementer-1 wants to run: make greet');
    await beginning.getByRole('button', { name: 'More...', exact: true }).click();
    await workbench.page.locator('.quick-input-list').getByText('Allow always: make greet *').waitFor();
    await workbench.screenshot('consent-beginning-choices');
    await workbench.page.locator('.quick-input-box input').press('Escape');
    const always = dashboard.getByRole('button', { name: 'Always Allow: make greet *' });
    await always.waitFor();
    await workbench.screenshot('consent-beginning-dashboard');
    await always.click();
    await always.waitFor({ state: 'detached' });
    await workbench.screenshot('consent-beginning-allowed');
    // The same beginning with another end runs without asking.
    await workbench.page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Session .*completed/ })
      .first()
      .waitFor();
  });
});
