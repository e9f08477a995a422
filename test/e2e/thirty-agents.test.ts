import assert from 'node:assert/strict';
import { crowdRehearsal } from '../support/crowd-rehearsal.ts';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

const size = { width: 1280, height: 720 };
const settings = {
  'orchestrate.team.maxAgents': 30,
  'orchestrate.routing.concurrency': 40,
  'orchestrate.budget.sessionUsd': 1000,
};

describe('thirty agents at once, at 1280 × 720 with a side bar of 300 pixels', () => {
  it('are told apart: states before titles, those at work first and in view, in every theme', async () => {
    const script = await crowdRehearsal();
    await using rehearsed = await RehearsedWorkbench.open({ script, size, settings });
    const { workbench, goal } = rehearsed;
    const { page } = workbench;
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.lens('Approve').waitFor();
    const graph = await workbench.frame('Orchestrate plan');
    // What is out of sight is not drawn.
    await graph.locator('.node', { hasText: 'Survey part' }).first().waitFor();
    await workbench.screenshot('thirty-plan');
    await workbench.approvePlan();
    const dashboard = await workbench.dashboard();
    const items = (name: RegExp) => page.locator('.sidebar').getByRole('treeitem', { name });
    await dashboard.locator('.figure', { hasText: 'Agents at work' }).getByText('30', { exact: true }).waitFor();
    // Its row, or what stands for it above the list while the row is scrolled away; at times both.
    await items(/^Phase rewrite, running, 0 of 30/)
      .filter({ hasText: /^0 of 30 · rewrite/ })
      .first()
      .waitFor();
    // Those at work are in view, without anybody scrolling.
    await items(/^Task Rewrite module/)
      .first()
      .waitFor();
    // A list is told of changes a moment after the dashboard.
    await items(/^Session/)
      .filter({ hasText: /^10 of 40 · Rewrite all/ })
      .first()
      .waitFor();
    const agents = page.locator('.sidebar .pane', { has: page.locator('.pane-header', { hasText: 'Agents' }) }).first();
    const others = page.locator('.sidebar .pane', { has: page.locator('.pane-header', { hasText: 'Review' }) }).first();
    const height = async (pane: typeof agents) => (await pane.boundingBox())?.height ?? 0;
    assert.ok((await height(agents)) > 170 && (await height(agents)) >= (await height(others)));
    const cut = await dashboard.evaluate<string[]>(`[...document.querySelectorAll('.agent-role')].flatMap(each => {
      const text = document.createRange();
      text.selectNodeContents(each);
      const whole = text.getBoundingClientRect().width <= each.getBoundingClientRect().width + 0.001;
      return whole ? [] : [each.textContent];
    })`);
    assert.deepEqual(cut, [], 'no title gives way to a role');
    await workbench.inEveryTheme(theme => workbench.screenshot(`thirty-agents-${theme}`));
  });
});
