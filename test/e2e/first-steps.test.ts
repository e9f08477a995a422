import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { Workbench } from '../support/host/workbench.ts';
import { until } from '../support/until.ts';

describe('the first steps of a person', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({ everything: true });
  });
  after(() => workbench?.close());

  describe('in a trusted folder', () => {
    afterEach(() => workbench.escape());

    it('see the welcome view with its three ways to begin', async () => {
      await workbench.showSidebar();
      for (const name of ['Start Session', 'Connect a Model', 'Try the Demo']) {
        await workbench.welcome.getByRole('button', { name, exact: true }).first().waitFor();
      }
    });

    it('start a session from the palette, which asks for the goal and takes no empty one', async () => {
      await workbench.run('Orchestrate: Start Session');
      await workbench.asks('Start Session');
      await workbench.input.fill('  ');
      await workbench.input.press('Enter');
      await workbench.page.locator('.quick-input-message', { hasText: 'Say in a sentence' }).waitFor();
    });

    it('start a session from the welcome view', async () => {
      await workbench.welcome.getByRole('button', { name: 'Start Session', exact: true }).click();
      await workbench.asks('Start Session');
    });

    it('add a key, typed without being shown', async () => {
      await workbench.run('Orchestrate: Set API Key...');
      await workbench.page.locator('.quick-input-list').getByText('Anthropic', { exact: true }).click();
      await workbench.page.locator('.quick-input-widget input[type=password]').waitFor();
    });

    it('open the dashboard from the status bar and start from there', async () => {
      await workbench.statusBarItem.click();
      const dashboard = await workbench.dashboard();
      await dashboard.getByRole('button', { name: 'Start Session' }).click();
      await workbench.asks('Start Session');
    });

    it('find the log', async () => {
      await workbench.run('Orchestrate: Show Log');
      await workbench.page.locator('.part.panel').getByText('Output', { exact: true }).first().waitFor();
    });
  });

  it('are shown why nothing starts in a folder that is not trusted, and where to trust it', async () => {
    await using workbench = await Workbench.open({ trusted: false });
    await workbench.showSidebar();
    const trust = workbench.welcome.getByRole('button', { name: 'Manage Workspace Trust' });
    await trust.waitFor();
    assert.deepEqual(await workbench.offered('Orchestrate: Start Session'), []);
    assert.equal((await workbench.offered('Orchestrate: Open Dashboard')).length, 1);
    await trust.click();
    await workbench.page.locator('.workspace-trust-editor').waitFor();
  });

  it('are offered to open a folder when none is open', async () => {
    await workbench.turnTo({}, '');
    await workbench.showSidebar();
    await workbench.welcome.getByRole('button', { name: 'Open Folder' }).waitFor();
  });

  it('are drawn in the colours of every theme', async () => {
    await workbench.turnTo();
    await workbench.showSidebar();
    await workbench.run('Orchestrate: Open Dashboard');
    const dashboard = await workbench.dashboard();
    const button = dashboard.getByRole('button', { name: 'Start Session' });
    await button.waitFor();
    await workbench.inEveryTheme(async theme => {
      for (const [part, variable] of [
        ['button', '--vscode-button-foreground'],
        ['body', '--vscode-foreground'],
      ] as const)
        await until(async () => (await colour(dashboard, part, 'color')) === (await themed(dashboard, variable)));
      await workbench.screenshot(`welcome-${theme}`);
    });
  });
});

/** As the browser computed it. */
const colour = (frame: Frame, selector: string, property: string) =>
  frame.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${property}')`);

/** One of the theme's colours, written as the browser writes computed ones. */
const themed = (frame: Frame, variable: string) =>
  frame.evaluate<string>(`(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(${variable})';
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  })()`);
