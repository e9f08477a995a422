import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Workbench } from '../support/host/workbench.ts';

describe('The workspace’s configuration', () => {
  it('is completed while it is written, without another extension', async () => {
    await using workbench = await Workbench.open();
    const { page, workspace } = workbench;
    await mkdir(join(workspace, '.orchestrate'), { recursive: true });
    await writeFile(join(workspace, '.orchestrate', 'config.yaml'), 'budget:\n  sessionUsd: 1\n');
    await workbench.openFile('config.yaml');
    await page.locator('.view-line', { hasText: 'sessionUsd' }).click();
    await page.keyboard.press('Control+End');
    const offered = (text: string) =>
      page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text }).first().waitFor();
    await page.keyboard.type('te');
    await page.keyboard.press('Control+Space');
    await offered('team');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.type('approvePlan: ');
    await page.keyboard.press('Control+Space');
    await offered('false');
    await workbench.screenshot('config-completion');
  });
});
