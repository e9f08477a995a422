import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';
import { begin, writtenIn } from '../support/steered-session.ts';

const AGENT = 'backend-specialist-1';

describe('the Agents view', () => {
  it('steers an agent by its context menu and its buttons, and is walked by keyboard', async () => {
    await using rehearsed = await RehearsedWorkbench.open({ script: 'steering', size: { width: 1200, height: 900 } });
    const { workbench, workspace } = rehearsed;
    const { page } = workbench;
    const written = writtenIn(workspace);
    await begin(rehearsed);
    const row = page.locator('.sidebar').getByRole('treeitem', { name: new RegExp(`^Agent ${AGENT}`) });
    const other = page.locator('.sidebar').getByRole('treeitem', { name: /^Agent qa-specialist-1/ });

    // What is said of it to those who do not see it.
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: new RegExp(`^Agent ${AGENT}.*waits for you.*gpt-6\\.1-sol.*tokens`) })
      .waitFor();

    const choose = (command: string) => workbench.fromMenu(row, command);
    await choose('Pause Agent');
    await written('agent-paused', ({ agent }) => agent === AGENT);
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: new RegExp(`^Agent ${AGENT}`) })
      .waitFor();
    await workbench.onRow(row, 'Continue Agent');
    await written('agent-unpaused', ({ agent }) => agent === AGENT);
    await row.getByRole('button', { name: 'Pause Agent' }).waitFor();
    await choose('Nudge Agent...');
    await workbench.input.fill('Two words are enough');
    await page.keyboard.press('Enter');
    await choose('Reassign Model...');
    await page.locator('.quick-input-widget:visible').waitFor();
    await workbench.screenshot('agents-view-reassign');
    await page.locator('.quick-input-list').getByText('Another model...').click();
    await workbench.input.fill('anthropic/claude-sonnet-5-5');
    await page.keyboard.press('Enter');
    await written(
      'agent-reassigned',
      ({ agent, route }) => agent === AGENT && route[0] === 'anthropic/claude-sonnet-5-5',
    );

    await choose('Answer Agent...');
    await page.locator('.quick-input-list').getByText('Swahili').click();
    await written('agent-message', event => JSON.stringify(event).includes('Two words are enough'));
    await written('agent-ended', ({ agent }) => agent === AGENT);
    // What is over closes.
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Task Write the greeting, completed/, expanded: false })
      .waitFor();

    // By keyboard: down to the other agent, its menu, its transcript.
    await workbench.run('View: Close All Editors');
    await workbench.run('Orchestrate: Focus on Agents View');
    // The palette gives the focus back first, and the view takes it then.
    await page.locator('.sidebar .monaco-list:focus').waitFor();
    await page.keyboard.press('Home');
    const focused = page.locator('.sidebar .monaco-list:focus .monaco-list-row.focused');
    const wanted = focused.and(other);
    for (let index = 0; index < 30 && (await wanted.count()) === 0; index++) {
      await focused.and(page.locator(`[data-index="${index}"]`)).waitFor();
      await page.keyboard.press('ArrowDown');
      await focused.and(page.locator(`[data-index="${index + 1}"]`)).waitFor();
    }
    await page.keyboard.press('Shift+F10');
    await page.locator('.monaco-menu').getByText('Abort Agent', { exact: true }).waitFor();
    await workbench.screenshot('agents-view-menu');
    await page.keyboard.press('Escape');
    await page.locator('.monaco-menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.locator('.tab.active', { hasText: 'qa-specialist-1' }).waitFor();
    await other.and(page.locator('[aria-selected="true"]')).waitFor();
    await workbench.onRow(other, 'Abort Agent');
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Abort' }).click();
    await written('agent-ended', ({ agent, outcome }) => agent === 'qa-specialist-1' && outcome === 'aborted');
    await workbench.screenshot('agents-view-after');
  });
});
