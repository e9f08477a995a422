import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answering } from '../support/answering.ts';
import { until } from '../support/until.ts';

const run = (name: string) => answering(() => vscode.commands.executeCommand(`orchestrate.${name}`));

describe('a command that needs a session', () => {
  before(() => vscode.commands.executeCommand('orchestrate.agents.focus'));

  const said: Record<string, RegExp> = {
    abort: /No session runs/,
    pause: /No session runs/,
    continue: /No session is paused/,
    answer: /No agent asks anything/,
    queueTask: /No session runs/,
    raiseBudget: /No session runs/,
    resumeSession: /no session to resume/,
    showReport: /no session yet/,
    openSessionLog: /no session yet/,
    openTranscript: /no session yet/,
    pauseAgent: /no agent at work to which that applies/,
    continueAgent: /no agent at work to which that applies/,
    abortAgent: /no agent at work to which that applies/,
    nudgeAgent: /no agent at work to which that applies/,
    reassignAgent: /no agent at work to which that applies/,
    'plan.approve': /No plan waits/,
    'plan.revise': /No plan waits/,
    'plan.cancel': /No plan waits/,
    giveFileTo: /Open or select a file of this workspace/,
  };
  for (const [name, text] of Object.entries(said)) {
    it(`says what is missing: ${name}`, async () => {
      if (name === 'giveFileTo') await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      const { messages } = await run(name);
      assert.equal(messages.length, 1);
      assert.match(messages[0] ?? '', text);
    });
  }
});

describe('a workflow in .orchestrate/workflows', () => {
  it('is marked where it is wrong, and completed with the roles there are', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
    const uri = vscode.Uri.joinPath(folder, '.orchestrate', 'workflows', 'odd.yaml');
    const lines = [
      'goal: Try',
      'tasks:',
      '  - id: one',
      '    title: One',
      '    instructions: Do it',
      '    role: nobody',
    ];
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${lines.join('\n')}\n`));
    await vscode.window.showTextDocument(uri);
    await until(() => vscode.languages.getDiagnostics(uri).length > 0);
    const [mark] = vscode.languages.getDiagnostics(uri);
    assert.equal(mark?.range.start.line, 5);
    const at = new vscode.Position(5, 10);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      at,
    );
    assert.ok(list.items.some(({ label }) => label === 'backend-specialist'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, '.orchestrate'), { recursive: true });
  });
});

describe('.orchestrate/config.yaml', () => {
  it('is marked where it is wrong, and not where it is right once it is agreed to', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
    const uri = vscode.Uri.joinPath(folder, '.orchestrate', 'config.yaml');
    const lines = [
      'providers:',
      '  lab: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1234/v1", local: true }',
      'routes:',
      '  default: [lab/small]',
      'team:',
      '  maxAgent: 3',
    ];
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${lines.join('\n')}\n`));
    await vscode.window.showTextDocument(uri);
    await until(() => vscode.languages.getDiagnostics(uri).length > 0);
    const marks = vscode.languages.getDiagnostics(uri);
    assert.deepEqual(
      marks.map(({ range }) => range.start.line),
      [5],
    );
    assert.match(marks[0]?.message ?? '', /maxAgents/);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(5, '  maxAgent'.length), 's');
    await vscode.workspace.applyEdit(edit);
    await until(() => vscode.languages.getDiagnostics(uri).length === 0);
    await vscode.workspace.saveAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, '.orchestrate'), { recursive: true });
  });
});
