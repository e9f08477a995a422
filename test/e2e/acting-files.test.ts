import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

describe('Files by which tools run something, in the editor', () => {
  it('are asked about for what they are, and marked in the review', async () => {
    await using rehearsed = await RehearsedWorkbench.open({ script: 'acting-files' });
    const { workbench, goal } = rehearsed;
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.approvePlan();
    const asked = workbench.notification('.vscode/tasks.json');
    await asked.getByText('reads it when the folder opens, and runs what it names').waitFor();
    await workbench.screenshot('acting-files-asked');
    await asked.getByRole('button', { name: 'Allow Once', exact: true }).click();

    const row = (label: RegExp) => workbench.page.locator('.sidebar').getByRole('treeitem', { name: label });
    await row(/^\.vscode\/tasks\.json, runs by itself, new/).waitFor();
    await row(/^app\/package\.json, scripts changed, new/).waitFor();
    await row(/^app\/notes\.md, new/).waitFor();
    await workbench.screenshot('acting-files-review');
  });
});
