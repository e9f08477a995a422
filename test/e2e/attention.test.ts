import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workbench } from '../support/host/workbench.ts';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';
import { until } from '../support/until.ts';

async function start({ workbench, goal }: RehearsedWorkbench): Promise<void> {
  await workbench.showSidebar();
  await workbench.startSession(goal);
}

const press = (workbench: Workbench, notification: string | RegExp, button: string) =>
  workbench.notification(notification).getByRole('button', { name: button, exact: true }).click();
const badge = ({ page }: Workbench, text: string) =>
  page.locator(`.activitybar .badge[aria-label*="${text}"]`).first().waitFor();
const ended = ({ page }: Workbench, how: string) =>
  page
    .locator('.sidebar')
    .getByRole('treeitem', { name: new RegExp(`^Session .*${how}`) })
    .first()
    .waitFor();

describe('what waits for a person', () => {
  let rehearsed: RehearsedWorkbench;
  before(async () => {
    rehearsed = await RehearsedWorkbench.open({ script: 'attention' });
  });
  after(() => rehearsed?.[Symbol.asyncDispose]());

  it('comes to them one after the other: who asks, how many wait, and what may be answered', async () => {
    await rehearsed.turnToFreshFolder();
    const { workbench, workspace } = rehearsed;
    const { page } = workbench;
    await start(rehearsed);
    const planning = workbench.notification('orchestrator-1 plans');
    await planning.getByRole('button', { name: 'Cancel' }).waitFor();
    await workbench.screenshot('attention-planning');
    await workbench.approvePlan();

    await workbench.notification('(1 of 2)').waitFor();
    await badge(workbench, '2 questions wait for you');
    await page
      .locator('.sidebar')
      .getByRole('treeitem', { name: /^Session .*2 ask you/ })
      .waitFor();
    await workbench.statusBarItem.and(page.locator('[aria-label*="2 questions wait for you"]')).waitFor();
    await workbench.screenshot('attention-two-ask');
    // Whoever asked first; the other one comes by itself.
    const command = workbench.notification(/qa-specialist-1 wants to run.*uptime.*How long Node takes to start/);
    const question = workbench.notification(/backend-specialist-1 asks.*Which language/);
    const asked = (await command.isVisible()) ? 'command' : 'question';
    if (asked === 'command') await press(workbench, 'wants to run', 'More...');
    else await press(workbench, 'Which language', 'Swahili');
    if (asked === 'question') await press(workbench, 'wants to run', 'More...');
    await page.locator('.quick-input-list').getByText('Deny and say why...').waitFor();
    await workbench.screenshot('attention-permission');
    await page.locator('.quick-input-list').getByText('Allow for this session').click();
    if (asked === 'command') {
      await question.waitFor();
      await workbench.screenshot('attention-question');
      await press(workbench, 'Which language', 'Swahili');
    }
    // The same command was asked about once: the second time it runs without.
    await ended(workbench, 'completed');
    assert.equal(await readFile(join(workspace, 'greeting.txt'), 'utf8'), 'Habari!\n');
    assert.equal(await readFile(join(workspace, 'measured.txt'), 'utf8'), 'Measured twice.\n');
  });

  it('tells an agent why not, from its row in the view', async () => {
    await rehearsed.turnToFreshFolder();
    const { workbench } = rehearsed;
    const { page } = workbench;
    await start(rehearsed);
    await workbench.approvePlan();
    const agent = page.locator('.sidebar').getByRole('treeitem', { name: /^Agent qa-specialist-1.*waits for you/ });
    await agent.click();
    const deny = page.locator('.quick-input-list').getByText('Deny and say why...');
    // Whatever opens at the same moment takes the focus, and the list closes.
    await until(async () => {
      await agent.getByRole('button', { name: 'Answer Agent...' }).click({ timeout: 5000 });
      return deny.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    });
    await deny.click();
    await workbench.asks('Why not?');
    await workbench.input.fill('Measure something else');
    await page.keyboard.press('Enter');
    // Answered there, its notification no longer keeps the next one waiting.
    await press(workbench, 'Which language', 'English');
    await badge(workbench, '1 question waits for you');
    await workbench.run('Orchestrate: Abort Session');
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Abort' }).click();
    await ended(workbench, 'ended by you');
  });

  it('can be taken back while the plan is being made', async () => {
    await rehearsed.turnToFreshFolder();
    await start(rehearsed);
    await press(rehearsed.workbench, 'orchestrator-1 plans', 'Cancel');
    await ended(rehearsed.workbench, 'ended by you');
  });

  it('is told at 80 % of the budget, with what can be done', async () => {
    await rehearsed.turnToFreshFolder(costly(1.7));
    const { workbench } = rehearsed;
    await start(rehearsed);
    await workbench.approvePlan();
    const alert = workbench.notification(/\d+ % of the budget of this session is used/);
    await press(workbench, 'Which language', 'Swahili');
    await alert.waitFor();
    await workbench.screenshot('attention-alert');
    await alert.getByRole('button', { name: 'Raise the Limit...' }).waitFor();
    await alert.getByRole('button', { name: 'Pause' }).waitFor();
  });

  it('is told when the budget is spent; more money lets the team go on', async () => {
    // No model is cheap enough to go on with.
    const settings = costly(1, ['openai/gpt-6.1-sol', 'openai/gpt-6-luna', 'anthropic/claude-haiku-5-5']);
    await rehearsed.turnToFreshFolder(settings);
    const { workbench } = rehearsed;
    await start(rehearsed);
    await workbench.approvePlan();
    await workbench.notification(/The budget of this session is spent/).waitFor();
    await workbench.screenshot('attention-spent');
    await press(workbench, /budget of this session is spent/, 'Raise the Limit...');
    await workbench.input.fill('5');
    await workbench.page.keyboard.press('Enter');
    await press(workbench, 'Which language', 'Swahili');
    await ended(workbench, 'completed');
  });
});

/** Prompts are what costs here: a few thousand tokens each. */
function costly(sessionUsd: number, dear: string[] = []): Record<string, unknown> {
  const rate = (input: number) => ({ input, output: 1 });
  return {
    'orchestrate.permissions': { commands: { allow: ['node *'] } },
    'orchestrate.budget': { sessionUsd },
    'orchestrate.prices': [
      { model: 'anthropic/claude-opus-5-5', ...rate(100) },
      { model: 'anthropic/claude-sonnet-5-5', ...rate(100) },
      ...(dear.length === 0 ? [{ model: 'openai/gpt-6.1-sol', ...rate(1) }] : []),
      ...dear.map(model => ({ model, ...rate(100) })),
    ],
  };
}
