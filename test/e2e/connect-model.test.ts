import assert from 'node:assert/strict';
import { join } from 'node:path';
import { refusedUrls, startWireServers } from '../../src/rehearsal/wire/server.ts';
import type { WireServers } from '../../src/rehearsal/wire/types.ts';
import { Workbench } from '../support/host/workbench.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { callsItsTool } from '../support/tool-caller.ts';
import { until } from '../support/until.ts';
import type { Habits } from '../support/worker/acp-agent.ts';
import { scriptedAgent } from '../support/worker/worker-session.ts';

const key = 'sk-lab-0123456789abcdef';

describe('connecting a model', () => {
  const folder = tempFolder();
  let servers: WireServers;
  let workbench: Workbench;
  /** Whether the model calls the tool that it is asked to call. */
  let willing = false;
  before(async () => {
    servers = await startWireServers({
      answer: request => (willing ? callsItsTool(request) : { text: 'I would rather talk.' }),
      keys: [key],
    });
    workbench = await Workbench.open({ installed: true, size: { width: 1280, height: 720 } });
  });
  after(async () => {
    await workbench?.close();
    await servers?.close();
  });

  it('goes from a URL to a tried model in the settings, without JSON, and says that a model calls no tool', async () => {
    await workbench.turnTo();
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

  /** The wizard, up to the kind that is picked by what is typed. */
  async function connect(workbench: Workbench, typed: string): Promise<void> {
    await workbench.run('Orchestrate: Connect a Model...');
    await workbench.asks('Connect a Model');
    await workbench.input.fill(typed);
    await workbench.page.locator('.quick-input-list .monaco-list-row.focused').getByText(typed).first().waitFor();
    await workbench.page.keyboard.press('Enter');
  }

  /** What Check Providers says of one. */
  async function checked(workbench: Workbench, label: string, says: RegExp): Promise<void> {
    await workbench.run('Orchestrate: Check Providers');
    await workbench.asks('Check Providers');
    await workbench.input.fill(label);
    const row = workbench.page.locator('.quick-input-list').getByRole('option', { name: label }).first();
    await row.getByText(says).first().waitFor();
    await workbench.escape();
  }

  it('of a vendor asks for its key alone, keeps the address of a proxy, and a key that is refused can be changed', async () => {
    willing = true;
    await workbench.turnTo({
      'orchestrate.providers': { anthropic: { kind: 'anthropic', baseUrl: servers.urls.anthropic } },
    });
    const { page, input } = workbench;
    await workbench.showSidebar();
    await workbench.row('Anthropic').getByText('no key').waitFor();
    await connect(workbench, 'Anthropic');
    await workbench.asks('Anthropic: API key');
    await input.fill('sk-wrong-0123456789abcdef');
    await page.keyboard.press('Enter');
    await workbench.asks('Anthropic does not work');
    await page.locator('.quick-input-list').getByText('Change the key').click();
    await workbench.asks('Anthropic: API key');
    await input.fill(key);
    await page.keyboard.press('Enter');
    await workbench.asks('Anthropic: models');
    await workbench.screenshot('connect-vendor-models');
    const chosen = page.locator('.quick-input-list .monaco-list-row', {
      has: page.locator('.monaco-checkbox.checked'),
    });
    await chosen.filter({ hasText: 'claude-opus-5-5' }).waitFor();
    await page.keyboard.press('Enter');
    await workbench.notification(/Anthropic is connected: claude-[\w-]+ called a tool/).waitFor();
    await checked(workbench, 'Anthropic', /answered in/);
    await workbench.row('Anthropic').getByText('key: this editor').waitFor();
    assert.ok(!(await page.content()).includes(key));
  });

  it('on this machine asks for an address, without a key, and works in a session at once', async () => {
    willing = true;
    const gone = (await refusedUrls()).ollama;
    await workbench.turnTo();
    const { page, input } = workbench;
    await workbench.showSidebar();
    await connect(workbench, 'Ollama');
    await workbench.asks('Ollama: address');
    assert.equal(await input.inputValue(), 'http://127.0.0.1:11434');
    await input.fill(gone);
    await page.keyboard.press('Enter');
    await workbench.asks('Ollama does not work');
    await workbench.screenshot('connect-server-down');
    await page.locator('.quick-input-list').getByText('Change the address').click();
    await workbench.asks('Ollama: address');
    await input.fill(servers.urls.ollama);
    await page.keyboard.press('Enter');
    await workbench.asks('Ollama: models');
    await page.locator('.quick-input-list').getByText('qwen3-coder:30b', { exact: true }).click();
    await page.keyboard.press('Enter');
    await workbench.notification(/Ollama is connected: qwen3-coder:30b called a tool/).waitFor();
    await workbench.row('Ollama').getByText('local').waitFor();
    await checked(workbench, 'Ollama', /qwen3-coder:30b/);

    const before = servers.requests.length;
    await workbench.startSession('Write a poem');
    await workbench.row('Write a poem').waitFor();
    await expectAsked(before, 'qwen3-coder:30b');
  });

  /** That a model was asked to plan, after so many requests. */
  async function expectAsked(before: number, model: string): Promise<void> {
    const asked = () =>
      servers.requests.slice(before).some(each => each.endpoint === 'generate' && each.model === model);
    await until(asked);
  }

  it('a CLI agent gets a role that plans may name; one without a login is named with how to log in', async () => {
    const agent = (habits: Habits) => ({
      command: process.execPath,
      args: scriptedAgent(join(folder.path, 'notes.jsonl'), [[[{ end: 'end_turn' }]]], habits),
    });
    await workbench.turnTo({
      'orchestrate.workers': { helper: agent({ auth: 'api_key' }), codex: agent({ locked: true }) },
    });
    const { page } = workbench;
    await workbench.showSidebar();
    await connect(workbench, 'Codex');
    const refused = workbench.notification('Codex is there, but nobody is logged in. Log in with: codex login');
    await refused.waitFor();
    await workbench.screenshot('connect-no-login');
    await refused.getByText('Copy the Command').click();
    await connect(workbench, 'Claude Code');
    await workbench.notification(/Claude Code is not on this machine.*npm install/).waitFor();
    await connect(workbench, 'helper');
    await workbench.notification('The role "helper" gives its tasks to helper').waitFor();
    await page.locator('.tab.active', { hasText: 'helper.md' }).waitFor();
    await page.locator('.view-line').getByText('worker: helper').waitFor();
    await workbench.screenshot('connect-agent');
    await checked(workbench, 'helper', /in roles: worker: helper/);
  });

  it('a typed goal survives a start that fails, and the reason names the server', async () => {
    const gone = (await refusedUrls())['openai-compatible'];
    await workbench.turnTo({
      'orchestrate.providers': { studio: { kind: 'openai-compatible', baseUrl: gone, local: true } },
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
