import { Workbench } from '../support/host/workbench.ts';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

/** The page with the steps, opened as a person opens it. */
async function walkthrough(workbench: Workbench): Promise<void> {
  await workbench.run('Welcome: Open Walkthrough...');
  await workbench.input.fill('Get Started with Orchestrate');
  await workbench.page.keyboard.press('Enter');
  await step(workbench, 'See a Team at Work').waitFor();
}

const step = ({ page }: Workbench, title: string) => page.locator('.getting-started-step', { hasText: title }).first();
const done = (workbench: Workbench, title: string) =>
  step(workbench, title).locator('.codicon-getting-started-step-checked').waitFor();
const open = (workbench: Workbench, title: string) =>
  step(workbench, title).locator('.codicon-getting-started-step-unchecked').waitFor();

async function askKey(workbench: Workbench): Promise<void> {
  await workbench.run('Orchestrate: Set API Key...');
  await workbench.asks('Set API Key');
  await workbench.input.fill('Anthropic');
  await workbench.page.keyboard.press('Enter');
  await workbench.asks('Anthropic: API key');
}

describe('getting started', () => {
  let rehearsed: RehearsedWorkbench;
  let workbench: Workbench;
  before(async () => {
    rehearsed = await RehearsedWorkbench.open({ script: 'attention' });
    ({ workbench } = rehearsed);
  });
  after(() => rehearsed?.[Symbol.asyncDispose]());
  beforeEach(() => rehearsed.turnToFreshFolder());

  describe('the walkthrough', () => {
    it('ends its steps when what they ask for is done, and not before', async () => {
      // Where no key of a model is known.
      await using workbench = await Workbench.open();
      const { page } = workbench;
      await workbench.showSidebar();
      await walkthrough(workbench);
      for (const title of ['See a Team at Work', 'Connect a Model', 'Watch and Steer', 'Decide What Stays']) {
        await open(workbench, title);
      }
      await askKey(workbench);
      await workbench.escape();
      await open(workbench, 'Connect a Model');
      await askKey(workbench);
      await workbench.input.fill('sk-ant-0123456789');
      await page.keyboard.press('Enter');
      await done(workbench, 'Connect a Model');
      await workbench.statusBarItem.click();
      await workbench.dashboard();
      await page.locator('.tab', { hasText: 'Welcome' }).first().click();
      await done(workbench, 'Watch and Steer');
      await open(workbench, 'Decide What Stays');
    });

    it('has stated a goal when a session has begun, not when somebody was asked for one', async () => {
      const { page } = workbench;
      await workbench.showSidebar();
      await walkthrough(workbench);
      await workbench.run('Orchestrate: Start Session');
      await workbench.asks('Start Session');
      await workbench.escape();
      await open(workbench, 'State a Goal');
      await workbench.startSession(rehearsed.goal);
      await workbench.lens('Approve').waitFor();
      await page.locator('.tab', { hasText: 'Welcome' }).first().click();
      await done(workbench, 'State a Goal');
    });

    it('is drawn in the colours of every theme', async () => {
      await walkthrough(workbench);
      await step(workbench, 'Connect a Model').click();
      await step(workbench, 'Connect a Model').getByRole('button', { name: 'Check Providers' }).waitFor();
      await workbench.inEveryTheme(theme => workbench.screenshot(`walkthrough-${theme}`));
    });
  });

  describe('a file that is given to a role', () => {
    it('becomes the goal of a session, from the menu of its editor', async () => {
      const { page } = workbench;
      await workbench.showSidebar();
      await workbench.openFile('todo.js');
      await page.locator('.editor-instance .view-lines').first().click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Give This File To...' }).click();
      await workbench.asks('Give todo.js to...');
      await workbench.screenshot('give-file-to');
      await workbench.input.fill('backend-specialist');
      await page.keyboard.press('Enter');
      await workbench.asks('backend-specialist: todo.js');
      await page.keyboard.press('Enter');
      await page.locator('.quick-input-message', { hasText: 'Say what should be done.' }).waitFor();
      await workbench.input.fill('Say what it does in a comment');
      await page.keyboard.press('Enter');
      await page
        .locator('.sidebar')
        .getByRole('treeitem', { name: /^Session Say what it does in a comment.*The file: todo.js/ })
        .first()
        .waitFor();
    });
  });
});
