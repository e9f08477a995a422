import * as vscode from 'vscode';
import { mistakeInKey } from '../plain/mistake-in-key.ts';
import * as window from '../plain/window.ts';
import { providerNamed } from '../providers/items.ts';
import type { EditorSecrets } from '../secrets.ts';
import type { SessionController } from '../session-controller.ts';

const { t } = vscode.l10n;

/** Adds, tests or removes a key of the named provider, or of one that is picked; keys stay in the secret storage. */
export async function setApiKey(secrets: EditorSecrets, controller: SessionController, given?: unknown): Promise<void> {
  const { knownProviders } = await import('../../core/config/known-providers.ts');
  const own = Object.keys(
    vscode.workspace.getConfiguration('orchestrate').inspect<Record<string, unknown>>('providers')?.globalValue ?? {},
  );
  const named = providerNamed(given);
  const names = [...new Set([...Object.keys(knownProviders), ...own, ...(named ? [named] : [])])];
  const items = await Promise.all(
    names.map(async name => {
      const known = knownProviders[name];
      const stored = (await secrets.get(name)) !== undefined;
      return {
        label: known?.label ?? name,
        description: stored ? t('key stored') : '',
        name,
        stored,
        keysAt: known?.keysAt,
        keyless: known !== undefined && known.keyEnv.length === 0,
      };
    }),
  );
  const picked = named
    ? items.find(({ name }) => name === named)
    : await window.showQuickPick(
        items.filter(({ keyless }) => !keyless),
        { title: t('Set API Key'), placeHolder: t('Whose key?'), ignoreFocusOut: true },
      );
  if (!picked) return;
  if (picked.stored && !(await replaces(picked, secrets, controller))) return;
  const key = await window.showInputBox({
    title: t('{0}: API key', picked.label),
    prompt: [
      t('It is kept in the secret storage of this editor, never in a file of the workspace.'),
      picked.keysAt ? t('Keys: {0}', picked.keysAt) : '',
    ]
      .filter(Boolean)
      .join(' '),
    password: true,
    ignoreFocusOut: true,
    validateInput: mistakeInKey,
  });
  if (key === undefined) return;
  await secrets.set(picked.name, key.trim());
  void vscode.commands.executeCommand('setContext', 'orchestrate.hasKey', true);
  const test = t('Test It');
  const choice = await window.showInformationMessage(t('The key for {0} is stored.', picked.label), test);
  if (choice === test) await vscode.commands.executeCommand('orchestrate.checkProvider', picked.name);
}

interface Picked {
  label: string;
  name: string;
}

/** False when the person only wanted to test or remove the one that is there. */
async function replaces(
  { label, name }: Picked,
  secrets: EditorSecrets,
  controller: SessionController,
): Promise<boolean> {
  const choice = await window.showQuickPick(
    [
      { label: t('Test the key'), iconPath: new vscode.ThemeIcon('pulse'), go: 'test' as const },
      { label: t('Replace the key...'), iconPath: new vscode.ThemeIcon('key'), go: 'replace' as const },
      { label: t('Remove the key'), iconPath: new vscode.ThemeIcon('trash'), go: 'remove' as const },
    ],
    { title: label },
  );
  if (choice?.go === 'test') await vscode.commands.executeCommand('orchestrate.checkProvider', name);
  if (choice?.go === 'remove') {
    await secrets.remove(name);
    const left = controller.current?.running
      ? t('The session that runs keeps what it has until it ends.')
      : t('Sessions no longer use it.');
    void window.showInformationMessage(`${t('The key for {0} is removed.', label)} ${left}`);
  }
  return choice?.go === 'replace';
}
