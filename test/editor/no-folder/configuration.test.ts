import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until } from '../../support/until.ts';

/** First of its window: nothing else has activated the extension. */
describe('a configuration that is made after the window was opened', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestrate-configuration-'));
    await mkdir(join(folder, '.orchestrate'));
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const extension = vscode.extensions.getExtension('orchestrate.orchestrate');
  const offered = async (text: string) => {
    const uri = vscode.Uri.file(join(folder, '.orchestrate', 'config.yaml'));
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
    const end = document.positionAt(text.length);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      end,
    );
    return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
  };

  it('is not known before it is opened', () => {
    assert.equal(extension?.isActive, false);
  });

  it('activates the extension, and is completed while it is written', async () => {
    const path = join(folder, '.orchestrate', 'config.yaml');
    await writeFile(path, '');
    await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    await until(() => extension?.isActive === true);
    const keys = await offered('budget:\n  sessionUsd: 1\nte');
    assert.ok(
      keys.some(key => key.startsWith('team:')),
      keys.join(', '),
    );
    assert.ok((await offered('team:\n  ')).some(key => key.startsWith('approvePlan:')));
    const values = await offered('team:\n  approvePlan: ');
    assert.deepEqual(values.filter(value => /^(true|false)$/.test(value)).sort(), ['false', 'true']);
  });
});
