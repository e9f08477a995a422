import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answering } from '../../support/answering.ts';

describe('the extension in a folder that is not trusted', () => {
  it('sees that the workspace is not trusted', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('activates all the same and shows its view', async () => {
    await vscode.commands.executeCommand('orchestrate.agents.focus');
    await vscode.extensions.getExtension('orchestrate.orchestrate')?.activate();
    assert.ok((await vscode.commands.getCommands(true)).includes('orchestrate.openDashboard'));
  });

  for (const command of ['orchestrate.startSession', 'orchestrate.startDemo']) {
    it(`refuses ${command} when it is called anyway, and says why`, async () => {
      const asked = await answering(() => vscode.commands.executeCommand(command));
      assert.equal(asked.inputs, 0);
      assert.match(asked.messages.join('\n'), /not trust/);
    });
  }

  it('opens the dashboard, which starts nothing', async () => {
    assert.ok(Number(await vscode.commands.executeCommand('orchestrate.openDashboard')) >= 1);
  });
});
