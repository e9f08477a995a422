import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

describe('A workspace that brings a configuration of its own', () => {
  it('is asked about before the first session: what it would loosen, whole; without agreement it loosens nothing', async () => {
    await using rehearsed = await RehearsedWorkbench.open({ script: 'attention' });
    const { workbench, workspace, goal } = rehearsed;
    const { page } = workbench;
    const text =
      'team: { approvePlan: false }\nbudget: { sessionUsd: 1000000 }\npermissions: { commands: { allow: ["node *"] } }\n';
    await mkdir(join(workspace, '.orchestrate'), { recursive: true });
    await writeFile(join(workspace, '.orchestrate', 'config.yaml'), text);
    await workbench.showSidebar();
    const dialog = page.locator('.monaco-dialog-box');
    const shows = async () => {
      await dialog.getByText('wants to change').waitFor();
      for (const part of ['approvePlan: false', 'sessionUsd: 1000000', '- "node *"'])
        await dialog.getByText(part).waitFor();
    };
    const press = (name: string) => dialog.getByRole('button', { name, exact: true }).click();

    await workbench.startSession(goal);
    await shows();
    await workbench.screenshot('workspace-configuration');
    await press('Go On Without It');
    // The plan waits for its approval all the same, and the command for its own.
    await workbench.approvePlan();
    await workbench.notification(/qa-specialist-1 wants to run/).waitFor();

    await workbench.run('Orchestrate: Trust Workspace Configuration...');
    await shows();
    await press('Agree');
    await workbench.run('Orchestrate: Trust Workspace Configuration...');
    await workbench.notification('ask for nothing that needs your agreement').waitFor();
  });
});
