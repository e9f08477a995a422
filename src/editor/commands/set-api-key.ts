import * as vscode from 'vscode';
import type { EditorSecrets } from '../secrets.ts';

const providers = [
  { name: 'anthropic', label: 'Anthropic' },
  { name: 'openai', label: 'OpenAI' },
  { name: 'google', label: 'Google' },
];

/** Takes a provider's key and keeps it in the editor's secret storage. */
export async function setApiKey(secrets: EditorSecrets): Promise<void> {
  const picked = await vscode.window.showQuickPick(providers, {
    title: vscode.l10n.t('Set API Key'),
    placeHolder: vscode.l10n.t('Whose key?'),
  });
  if (!picked) return;
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t('{0}: API key', picked.label),
    prompt: vscode.l10n.t('It is kept in the secret storage of this editor, never in a file of the workspace.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? vscode.l10n.t('Paste the key.') : undefined),
  });
  if (key === undefined) return;
  await secrets.set(picked.name, key.trim());
  void vscode.window.showInformationMessage(vscode.l10n.t('The key for {0} is stored.', picked.label));
}
