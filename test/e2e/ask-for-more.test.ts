import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workbench } from '../support/host/workbench.ts';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

const session = ({ page }: Workbench, state: string) =>
  page
    .locator('.sidebar')
    .getByRole('treeitem', { name: new RegExp(`^Session\\b.*${state}`) })
    .first();
const press = (workbench: Workbench, notification: string | RegExp, button: string) =>
  workbench.notification(notification).getByRole('button', { name: button, exact: true }).click();

describe('a session that is over', () => {
  it('goes back to work for a request, and for a change that was rejected with a reason', async () => {
    const settings = { 'orchestrate.permissions': { commands: { allow: ['node *'] } } };
    await using rehearsed = await RehearsedWorkbench.open({ script: 'attention', settings });
    const { workbench, workspace, goal } = rehearsed;
    const { page } = workbench;
    const content = (name: string) => readFile(join(workspace, name), 'utf8').catch(() => undefined);
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.approvePlan();
    await press(workbench, 'Which language', 'Swahili');
    await session(workbench, 'completed.*2 of 2').waitFor();

    await workbench.run('Orchestrate: Ask for More...');
    await workbench.asks('Ask for More');
    await workbench.input.fill('Say farewell, too');
    await workbench.screenshot('more-request');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-list').getByText('Whoever fits').click();
    await session(workbench, 'completed.*3 of 3').waitFor();
    assert.equal(await content('farewell.txt'), 'Kwaheri!\n');
    assert.equal(await content('greeting.txt'), 'Habari!\n');

    await workbench.openFile('greeting.txt');
    await workbench.lens('Accept').waitFor();
    await workbench.run('Orchestrate: Reject All Changes in File with a Reason...');
    await workbench.input.fill('More polite, please');
    await page.keyboard.press('Enter');
    await workbench.notification('Should it go back to work').waitFor();
    await workbench.screenshot('more-rejected');
    await press(workbench, 'Should it go back to work', 'Send Back');
    await session(workbench, 'completed.*4 of 4').waitFor();
    assert.equal(await content('greeting.txt'), 'Habari yako!\n');
  });
});
