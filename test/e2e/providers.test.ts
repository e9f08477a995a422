import assert from 'node:assert/strict';
import { startWireServers } from '../../src/rehearsal/wire/server.ts';
import type { WireServers } from '../../src/rehearsal/wire/types.ts';
import { demo } from '../support/host/demo.ts';
import { Workbench } from '../support/host/workbench.ts';
import { callsItsTool } from '../support/tool-caller.ts';

const good = 'sk-good-0123456789abcdef';
const bad = 'sk-wrong-fedcba9876543210';

describe('the providers', () => {
  let servers: WireServers;
  let workbench: Workbench;
  before(async () => {
    servers = await startWireServers({ answer: callsItsTool, keys: [good] });
    workbench = await Workbench.open({ installed: true, size: { width: 1280, height: 1000 } });
  });
  after(async () => {
    await workbench?.close();
    await servers?.close();
  });

  const settings = () => ({
    'orchestrate.providers': {
      anthropic: { kind: 'anthropic', baseUrl: servers.urls.anthropic },
      openai: { kind: 'openai', baseUrl: servers.urls.openai },
      studio: { kind: 'ollama', baseUrl: servers.urls.ollama, local: true },
    },
  });

  it('are asked for where none is set up', async () => {
    await workbench.showSidebar();
    const welcome = workbench.welcome.filter({ hasText: 'No model is connected yet' });
    await welcome.getByRole('button', { name: 'Connect a Model' }).waitFor();
    await workbench.screenshot('providers-empty');
  });

  it('get a key from their row, which is refused or works, and is never shown', async () => {
    await workbench.turnTo(settings());
    const { page } = workbench;
    await workbench.showSidebar();
    await workbench.row('Anthropic').getByText('no key').waitFor();

    await workbench.onRow(workbench.row('Anthropic'), 'Set API Key...');
    await workbench.asks('Anthropic: API key');
    await workbench.input.fill(`${bad} and more`);
    await page.locator('.quick-input-message', { hasText: 'A key has no spaces in it' }).waitFor();
    await workbench.input.fill(bad);
    await workbench.input.press('Enter');
    await workbench.notification('The key for Anthropic is stored').getByText('Test It').click();
    await workbench.notification('Anthropic does not work').waitFor();
    await workbench.row('Anthropic').getByText('key refused').waitFor();
    assert.ok(!(await page.content()).includes(bad));
    await workbench.screenshot('providers-refused');

    await workbench.notification('Anthropic does not work').getByText('Set API Key').click();
    await page.locator('.quick-input-list').getByText('Replace the key').click();
    await workbench.asks('Anthropic: API key');
    await workbench.input.fill(good);
    await workbench.input.press('Enter');
    await workbench.row('Anthropic').getByText('not asked yet').waitFor();
    await workbench.onRow(workbench.row('Anthropic'), 'Check Provider');
    await workbench.notification('Anthropic works').waitFor();
    await workbench.row('Anthropic').getByText('key: this editor').waitFor();
    assert.ok(!(await page.content()).includes(good));
    await workbench.screenshot('providers-works');
  });

  it('are all asked by one command, in every theme', async () => {
    await workbench.turnTo(settings());
    await workbench.showSidebar();
    await workbench.row('OpenAI').waitFor();
    await workbench.inEveryTheme(async theme => {
      await workbench.run('Orchestrate: Check Providers');
      const list = workbench.page.locator('.quick-input-list');
      for (const name of ['studio', 'OpenAI']) await list.getByRole('option', { name }).first().waitFor();
      await workbench.screenshot(`providers-checked-${theme}`);
      await workbench.escape();
    });
    await workbench.row('studio').getByText('local').waitFor();
  });

  it('show how the models of a session do', async () => {
    await workbench.turnTo();
    const { page } = workbench;
    await demo.start(workbench);
    await workbench.approvePlan();
    await demo.ended(workbench);
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Session Build/ })
      .first()
      .click();
    await page.keyboard.press('ArrowLeft');
    const provider = page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Provider Anthropic, ready, demo/ })
      .first();
    await provider.click();
    await page.keyboard.press('ArrowRight');
    const model = page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Model anthropic.*of calls succeeded/ })
      .first();
    await model.waitFor();
    await model.hover();
    await page.locator('.monaco-hover', { hasText: 'on average' }).waitFor();
    await workbench.screenshot('providers-session');
  });
});
