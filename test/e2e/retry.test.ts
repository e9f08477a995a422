import assert from 'node:assert/strict';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';
import { begin, writtenIn } from '../support/steered-session.ts';

describe('a task that did not get done', () => {
  it('is tried again from its row in the Agents view, and from the dashboard', async () => {
    await using rehearsed = await RehearsedWorkbench.open({ script: 'steering', size: { width: 1400, height: 1100 } });
    const { workbench, workspace } = rehearsed;
    const { page } = workbench;
    const written = writtenIn(workspace);
    const frame = await begin(rehearsed);
    const rows = frame.getByRole('treegrid', { name: 'Agents' }).getByRole('row');
    const abort = async (agent: string, row: string) => {
      await rows.filter({ hasText: row }).first().click();
      const detail = frame.locator('.agent-detail');
      await detail.getByRole('button', { name: 'Abort agent' }).click();
      await detail.getByRole('button', { name: 'Yes' }).click();
      await written('agent-ended', event => event.agent === agent && event.outcome === 'aborted');
    };

    await abort('backend-specialist-1', 'Write the greeting');
    const row = page.locator('.sidebar').getByRole('treeitem', { name: /^Task Write the greeting.*cancelled/ });
    await row.hover();
    await workbench.screenshot('retry-row');
    await workbench.onRow(row, 'Retry Task...');
    await written('task-retried', ({ task, by }) => task === 'greeting' && by === 'user');
    await written('agent-started', ({ agent }) => agent === 'backend-specialist-2');

    await abort('backend-specialist-2', 'try 2');
    await frame.getByRole('region', { name: 'Tasks' }).getByText('Write the greeting').first().click();
    await workbench.screenshot('retry-dashboard');
    await frame.getByRole('button', { name: 'Retry', exact: true }).click();
    const third = await written('agent-started', ({ agent }) => agent === 'backend-specialist-3');
    assert.equal(third.attempt, 3);
  });
});
