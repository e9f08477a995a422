import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { Chat } from '../support/host/chat.ts';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

const COMMAND = 'command:workbench.action.closeAllEditors';
/** What an agent wrote, with whatever is between its characters that nobody sees. */
const written = (text: string) => new RegExp([...text].map(each => each.replace(/\W/, '\\$&')).join('\\u2060?'));

describe("Words of agents that would be links, in VS Code's own window", () => {
  /** As text, whole, and nothing in it that can be pressed but what is ours. */
  async function isText(where: Locator, text: string): Promise<void> {
    const place = where.filter({ hasText: written(text) }).first();
    await place.waitFor();
    for (const link of ['a:not(.label-name)', '[data-href]', '[href]']) {
      const found = await place.locator(link).evaluateAll(all => all.map(each => each.outerHTML));
      assert.deepEqual(
        found.filter(html => /command:|evil/.test(html)),
        [],
      );
    }
  }

  it('are text: in notifications, lists, input boxes, tooltips and the chat', async () => {
    await using rehearsed = await RehearsedWorkbench.open({ script: 'hostile-words' });
    const { workbench, goal } = rehearsed;
    const { page } = workbench;
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.approvePlan();

    const notification = page.locator('.notification-list-item-message');
    await isText(notification, `May I go on? [Allow](${COMMAND} "Safe") [More](https://evil.example)`);
    await workbench.screenshot('hostile-notification');
    await workbench.notification('May I go on').getByRole('button', { name: 'Answer...', exact: true }).click();
    const picks = page.locator('.quick-input-widget');
    await isText(picks.locator('.monaco-list-row'), `[Yes](${COMMAND}) $(pass)`);
    await workbench.screenshot('hostile-pick');
    await page.locator('.quick-input-list').getByText('Answer in your own words...').click();
    await isText(picks.locator('.quick-input-message'), `May I go on? [Allow](${COMMAND} "Safe")`);
    await workbench.screenshot('hostile-input');
    await workbench.input.fill('Yes');
    await page.keyboard.press('Enter');

    await isText(notification, `"[Allow](${COMMAND})" ([Allow](${COMMAND}))`);
    // On its name: the buttons beside it have tooltips of their own.
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Agent backend-specialist-1/ })
      .hover({ position: { x: 80, y: 10 } });
    await isText(page.locator('.monaco-hover'), `[Allow](${COMMAND})`);
    await workbench.screenshot('hostile-tooltip');

    const chat = new Chat(workbench);
    await chat.open();
    const answer = await chat.ask('status');
    await isText(answer, `Say [hello](${COMMAND}) <command:workbench.action.quit> https://evil.example`);
    await isText(answer, `Write [it](${COMMAND}) www.evil.example $(shield)`);
    await workbench.screenshot('hostile-chat');
  });
});
