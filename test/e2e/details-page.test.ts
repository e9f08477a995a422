import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/host/paths.ts';
import { runScript } from '../../scripts/run-script.ts';
import { Workbench } from '../support/host/workbench.ts';
import { until } from '../support/until.ts';

describe('the page of the installed extension', () => {
  before(() => runScript('package.ts'));
  // What is packaged is built for production; the other tests want what they were given.
  after(() => runScript('build.ts'));

  it('has no picture and no link that leads nowhere', async () => {
    await using workbench = await Workbench.open({ vsix: join(root, 'orchestrate.vsix') });
    const { page } = workbench;
    await page.keyboard.press('Control+Shift+X');
    await page.locator('.extension-list-item', { hasText: 'Orchestrate' }).first().click();
    await page.locator('.extension-editor .name', { hasText: 'Orchestrate' }).waitFor();
    assert.deepEqual(await dead(workbench), []);
    await workbench.screenshot('details');
  });
});

/** Addresses on the page that the editor cannot follow, once it is there. */
async function dead({ page }: Workbench): Promise<string[]> {
  let dead: string[] | undefined;
  await until(async () => {
    for (const frame of page.frames()) {
      dead ??= await frame
        .evaluate<string[] | undefined>(
          `(() => {
            if (document.querySelector('h1')?.textContent !== 'Orchestrate') return undefined;
            const links = [...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'));
            const pictures = [...document.images].map(picture => picture.getAttribute('src') ?? '');
            return [...links, ...pictures].filter(address => !/^(https:|#)/.test(address));
          })()`,
        )
        .catch(() => undefined);
    }
    return dead;
  }, 100);
  return dead ?? [];
}
