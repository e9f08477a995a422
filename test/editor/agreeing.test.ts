import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionConsent } from '../../src/editor/lm/consent.ts';
import type { SessionController } from '../../src/editor/session-controller.ts';
import { todoSession } from '../support/todo-session.ts';
import { until } from '../support/until.ts';

interface Dialog {
  text: string;
  detail: string;
  buttons: string[];
}

/** Runs `work` with somebody at the screen who presses that button of each dialog, or closes it; tells what came up. */
async function pressing(button: string | undefined, work: () => unknown): Promise<Dialog[]> {
  const seen: Dialog[] = [];
  const show = async (text: string, options?: vscode.MessageOptions, ...buttons: string[]) => {
    seen.push({ text, detail: options?.detail ?? '', buttons });
    return buttons.find(each => each === button);
  };
  const stand = { showWarningMessage: show, showInformationMessage: show, showErrorMessage: show };
  const real = Object.fromEntries(Object.keys(stand).map(name => [name, Reflect.get(vscode.window, name)]));
  Object.assign(vscode.window, stand);
  try {
    await work();
  } finally {
    Object.assign(vscode.window, real);
  }
  return seen;
}

describe('What a person agrees to in the editor', function () {
  this.timeout(60_000);
  let controller: SessionController;
  let consent: ExtensionConsent;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
  const id = '20261121-120000-came';
  const found = () => controller.sessions.find(session => session.id === id);

  before(async () => {
    const extension = vscode.extensions.getExtension('orchestrate.orchestrate');
    assert.ok(extension);
    ({ controller, consent } = await extension.activate());
    const lines = todoSession.map(event => `${JSON.stringify(event)}\n`).join('');
    const uri = vscode.Uri.joinPath(folder, '.orchestrate', 'sessions', id, 'events.jsonl');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(lines));
    await controller.look();
    await until(() => found()?.origin === 'unsealed');
  });
  after(async () => {
    await consent.keep([]);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, '.orchestrate'), { recursive: true });
    await controller.look();
  });

  it('a session from elsewhere is theirs after they saw what it would do, and not before', async () => {
    const adopt = () => vscode.commands.executeCommand('orchestrate.adoptSession', id);
    for (const leave of [undefined, 'Leave It']) {
      const [dialog] = await pressing(leave, adopt);
      assert.match(dialog?.text ?? '', /Take this session over as yours\?/);
      const shown = `${dialog?.detail}\n${vscode.window.activeTextEditor?.document.getText() ?? ''}`;
      assert.match(shown, /from elsewhere: it came with this folder/);
      assert.match(shown, /Goal: /);
      assert.equal(found()?.origin, 'unsealed');
    }
    await pressing('Adopt', adopt);
    await until(() => found()?.origin === 'own');
    const again = await pressing('Adopt', adopt);
    assert.ok(!again.some(({ text }) => /Take this session over/.test(text)));
  });

  it('an extension may spend after it was named and allowed, once; who closed the question is asked no more in this window', async () => {
    const asks = (extension: string) => () => consent.allows({ extension });
    let may: boolean | undefined;
    const [dialog] = await pressing('Allow', async () => {
      may = await asks('Some.Extension')();
    });
    assert.equal(may, true);
    assert.match(dialog?.text ?? '', /^some\.extension wants to use your models/i);
    assert.match(dialog?.detail ?? '', /spends your money/);
    assert.equal(dialog?.buttons[0], 'Deny', 'Enter allows nothing');
    assert.deepEqual(await pressing('Deny', asks('some.extension')), []);
    assert.deepEqual(consent.allowed, ['some.extension']);
    const [closed] = await pressing(undefined, async () => {
      may = await asks('other.extension')();
    });
    assert.ok(closed);
    assert.equal(may, false);
    assert.deepEqual(await pressing('Allow', asks('other.extension')), []);
    assert.deepEqual(consent.allowed, ['some.extension']);
  });
});
