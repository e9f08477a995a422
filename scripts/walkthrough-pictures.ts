/**
 * `npm run pictures` takes these, too: the pictures of the walkthrough's steps, taken in a real VS Code, in a light and in
 * a dark theme.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { demo } from '../test/support/host/demo.ts';
import { Workbench } from '../test/support/host/workbench.ts';
import { root } from './host/paths.ts';

const size = { width: 1100, height: 720 };
const folder = join(root, 'media', 'walkthrough');
/** Of the window, in its pixels: what the step is about. */
const views = {
  whole: { left: 40, top: 35, width: 1060, height: 660 },
  plan: { left: 40, top: 35, width: 660, height: 660 },
  top: { left: 250, top: 0, width: 640, height: 400 },
  editor: { left: 345, top: 35, width: 755, height: 500 },
};
const WIDTH = 900;

async function takeWalkthrough(theme: 'light' | 'dark'): Promise<void> {
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), 'orchestrate-walkthrough-'));
  const workspace = join(scratch, 'todo-list');
  await mkdir(workspace);
  const settings = { 'editor.minimap.enabled': false, 'breadcrumbs.enabled': false };
  try {
    await using workbench = await Workbench.open({ workspace, settings, size, theme, scale: 2, installed: true });
    const { page } = workbench;
    const picture = async (name: string, view: keyof typeof views) => {
      const { left, top, width, height } = views[view];
      const png = await page.screenshot({ caret: 'hide', animations: 'disabled' });
      await sharp(png)
        .extract({ left: left * 2, top: top * 2, width: width * 2, height: height * 2 })
        .resize(WIDTH)
        .webp({ quality: 80 })
        .toFile(join(folder, `${name}-${theme}.webp`));
    };
    await workbench.showSidebar();
    await workbench.welcome.getByRole('button', { name: 'Start Session', exact: true }).waitFor();
    await workbench.run('Orchestrate: Connect a Model...');
    await workbench.asks('Connect a Model');
    await picture('key', 'top');
    await workbench.escape();
    await workbench.run('Preferences: Open Settings (UI)');
    const search = page.locator('.settings-editor .suggest-input-container');
    await search.click();
    await page.keyboard.type('orchestrate.budget.sessionUsd');
    await page.locator('.setting-item', { hasText: 'Session Usd' }).first().waitFor();
    await page.waitForTimeout(1000);
    await picture('budget', 'whole');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+F4');
    await workbench.run('Orchestrate: Start Demo');
    await workbench.lens('Approve').waitFor();
    await page.waitForTimeout(1500);
    await picture('start', 'plan');
    await workbench.approvePlan();
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Task .*running/ })
      .first()
      .waitFor();
    await page.waitForTimeout(1500);
    await picture('demo', 'whole');
    await demo.ended(workbench);
    await page.waitForTimeout(1000);
    await picture('watch', 'editor');
    await workbench.openFile('store.js');
    await workbench.lens('Accept').waitFor();
    await page.waitForTimeout(500);
    await picture('review', 'whole');
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

for (const theme of ['dark', 'light'] as const) await takeWalkthrough(theme);
