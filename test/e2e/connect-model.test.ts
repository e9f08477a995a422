import assert from 'node:assert/strict';
import { refusedUrls, startWireServers } from '../../src/rehearsal/wire/server.ts';
import type { WireServers } from '../../src/rehearsal/wire/types.ts';
import { Workbench } from '../support/host/workbench.ts';
import { callsItsTool } from '../support/tool-caller.ts';

const key = 'sk-lab-0123456789abcdef';

describe('connecting a model', () => {
  let servers: WireServers;
  /** Whether the model calls the tool that it is asked to call. */
  let willing = false;
  before(async () => {
    servers = await startWireServers({
      answer: request => (willing ? callsItsTool(request) : { text: 'I would rather talk.' }),
      keys: [key],
    });
  });
  after(() => servers?.close());

  it('goes from a URL to a tried model in the settings, without JSON, and says that a model calls no tool', async () => {
    await using workbench = await Workbench.open({ installed: true, size: { width: 1280, height: 720 } });
    const { page, input } = workbench;
    const list = page.locator('.quick-input-list');
    await workbench.showSidebar();
    await workbench.welcome.getByRole('button', { name: 'Connect a Model' }).first().click();
    await workbench.asks('Connect a Model');
    await workbench.screenshot('connect-kinds');
    await input.fill('compatible');
    await page.keyboard.press('Enter');

    await workbench.asks('OpenAI-compatible URL: address');
    await input.fill('not a url');
    await page.locator('.quick-input-message', { hasText: 'begins with http' }).waitFor();
    await input.fill(servers.urls['openai-compatible']);
    await page.keyboard.press('Enter');
    await workbench.asks('Its name');
    await input.fill('lab');
    await page.keyboard.press('Enter');
    await workbench.asks('lab: API key');
    await input.fill('sk-wrong-0123456789abcdef');
    await page.keyboard.press('Enter');

    await workbench.asks('lab does not work');
    await workbench.screenshot('connect-refused');
    await list.getByText('Change the key').click();
    await workbench.asks('lab: API key');
    await input.fill(key);
    await page.keyboard.press('Enter');

    await workbench.asks('lab: models');
    await list.getByText('deepseek-chat', { exact: true }).click();
    await workbench.screenshot('connect-models');
    await page.keyboard.press('Enter');
    await workbench.asks('What does it cost?');
    await list.getByText('Enter its price').click();
    await input.fill('1.25 10');
    await page.keyboard.press('Enter');

    await workbench.asks('deepseek-chat cannot be worked with');
    await page.locator('.quick-input-widget input[placeholder*="I would rather talk."]').waitFor();
    await workbench.screenshot('connect-no-tool');
    willing = true;
    await list.getByText('Try again').click();
    await workbench.notification(/lab is connected: deepseek-chat called a tool/).waitFor();
    await workbench.screenshot('connect-done');

    await workbench.row('lab').waitFor();
    await workbench.run('Orchestrate: Check Providers');
    await list.getByRole('option', { name: /lab.*deepseek-chat/ }).waitFor();
    await workbench.screenshot('connect-checked');
    await workbench.escape();
    assert.ok(!(await page.content()).includes(key));
  });

  it('a typed goal survives a start that fails, and the reason names the server', async () => {
    const gone = (await refusedUrls())['openai-compatible'];
    await using workbench = await Workbench.open({
      installed: true,
      settings: {
        'orchestrate.providers': {
          studio: { kind: 'openai-compatible', baseUrl: gone, local: true },
        },
      },
    });
    const goal = 'Add a dark theme with tests';
    await workbench.startSession(goal);
    await workbench.notification(/What is set up does not answer\. studio: /).waitFor();
    await workbench.screenshot('goal-kept');
    await workbench.run('Orchestrate: Start Session');
    await workbench.asks('Start Session');
    assert.equal(await workbench.input.inputValue(), goal);
    await workbench.page
      .locator('.quick-input-widget')
      .getByRole('button', { name: /Write It in an Editor/ })
      .click();
    await workbench.page.locator('.tab.active', { hasText: 'Goal.md' }).waitFor();
    const { page } = workbench;
    await page.locator('.view-lines').getByText(goal).waitFor();
    await page.keyboard.type('\nStart with @todo');
    const suggestion = page.locator('.suggest-widget').getByText('todo.js').first();
    await suggestion.waitFor();
    await workbench.screenshot('goal-editor');
    await page.keyboard.press('Enter');
    await page.locator('.view-line').getByText('Start with @todo.js', { exact: true }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('.quick-input-list').getByText('Make a plan').waitFor();
    await workbench.escape();
  });
});
