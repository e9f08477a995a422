import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { until } from '../../support/until.ts';

/** Last of its window: nothing of the extension is left afterwards. */
describe('deactivating the extension', () => {
  const ours = async () => (await vscode.commands.getCommands(true)).filter(name => /^orchestrate\.\w+$/.test(name));
  const dashboards = () =>
    vscode.window.tabGroups.all.flatMap(group => group.tabs).filter(tab => tab.label === 'Orchestrate Dashboard');

  it('takes down its commands and its dashboard', async () => {
    await vscode.commands.executeCommand('orchestrate.openDashboard');
    assert.ok((await ours()).includes('orchestrate.startSession'));
    const extension = vscode.extensions.getExtension('orchestrate.orchestrate');
    const file = vscode.Uri.joinPath(extension?.extensionUri ?? vscode.Uri.file('/'), 'dist', 'extension.js').fsPath;
    // The same module that VS Code has loaded, so the same state.
    const module = (await import(pathToFileURL(file).href)) as { deactivate(): void };
    module.deactivate();
    await until(() => dashboards().length === 0);
    const contributed: { command: string }[] = extension?.packageJSON.contributes.commands;
    const left = (await ours()).filter(name => contributed.some(({ command }) => command === name));
    assert.deepEqual(left, []);
  });
});
