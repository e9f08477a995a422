import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answering } from '../support/answering.ts';
import { until } from '../support/until.ts';

const id = 'orchestrate.orchestrate';
const ours = ['startSession', 'startDemo', 'openDashboard', 'setApiKey', 'showLog'].map(name => `orchestrate.${name}`);

describe('the extension in a trusted folder', () => {
  it('is not active before it is needed', () => {
    assert.equal(vscode.extensions.getExtension(id)?.isActive, false);
  });

  it('activates when its view is shown', async () => {
    await vscode.commands.executeCommand('orchestrate.agents.focus');
    await until(() => vscode.extensions.getExtension(id)?.isActive === true);
  });

  it('registers every command that it contributes', async () => {
    const extension = vscode.extensions.getExtension(id);
    const contributed: { command: string }[] = extension?.packageJSON.contributes.commands;
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributed.map(({ command }) => command).filter(command => !registered.has(command));
    assert.deepEqual(missing, []);
    for (const command of ours) assert.ok(registered.has(command), command);
  });

  it('opens a dashboard whose page answers that it has drawn the snapshot', async () => {
    const shown = await vscode.commands.executeCommand<number>('orchestrate.openDashboard');
    assert.ok(shown >= 1);
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
    const dashboards = tabs.filter(tab =>
      (tab.input as { viewType?: string } | undefined)?.viewType?.includes('orchestrate.dashboard'),
    );
    assert.equal(dashboards.length, 1);
  });

  it('reveals the open dashboard instead of opening a second one', async () => {
    await vscode.commands.executeCommand('orchestrate.openDashboard');
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
    assert.equal(tabs.filter(tab => tab.label === 'Orchestrate Dashboard').length, 1);
  });
});

describe('starting a session', () => {
  it('asks for the goal', async () => {
    const asked = await answering(() => vscode.commands.executeCommand('orchestrate.startSession'));
    assert.equal(asked.inputs, 1);
    assert.deepEqual(asked.messages, []);
  });
});
