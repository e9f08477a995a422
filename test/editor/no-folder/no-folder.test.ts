import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answering } from '../../support/answering.ts';

describe('the extension in a window without a folder', () => {
  before(() => vscode.extensions.getExtension('orchestrate.orchestrate')?.activate());

  it('has no folder, but trust', () => {
    assert.equal(vscode.workspace.workspaceFolders, undefined);
    assert.equal(vscode.workspace.isTrusted, true);
  });

  it('asks for a folder instead of a goal', async () => {
    const asked = await answering(() => vscode.commands.executeCommand('orchestrate.startSession'));
    assert.equal(asked.inputs, 0);
    assert.match(asked.messages.join('\n'), /folder/);
  });

  it('opens the dashboard', async () => {
    assert.ok(Number(await vscode.commands.executeCommand('orchestrate.openDashboard')) >= 1);
  });
});
