import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RehearsedWorkbench } from '../support/rehearsed-workbench.ts';

describe('a session whose folder takes no more', () => {
  it('stops, says why, and offers the log', async () => {
    await using rehearsed = await RehearsedWorkbench.open({ script: 'attention' });
    const { workbench, workspace, goal } = rehearsed;
    await workbench.showSidebar();
    await workbench.startSession(goal);
    await workbench.approvePlan();
    const question = workbench.notification('Which language').getByRole('button', { name: 'Swahili', exact: true });
    await question.waitFor();
    await rm(join(workspace, '.orchestrate', 'sessions'), { recursive: true, maxRetries: 5 });
    await question.click();
    const told = workbench.notification('The session was stopped: the session’s folder is gone');
    await told.waitFor();
    await workbench.screenshot('unkept');
    await told.getByRole('button', { name: 'Show Log', exact: true }).waitFor();
  });
});
