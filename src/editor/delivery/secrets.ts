import * as vscode from 'vscode';
import type { Deliveries, EnvironmentSecret } from '../../core/delivery/contract.ts';
import * as window from '../plain/window.ts';
import type { EditorSecrets } from '../secrets.ts';

const { t } = vscode.l10n;

/** What an environment needs and nobody has given is asked for, and kept in the editor's secret storage. */
export async function giveMissing(kept: EditorSecrets, deliveries: Deliveries, environment: string): Promise<boolean> {
  for (const secret of await deliveries.secretsOf(environment))
    if (secret.from === undefined && !(await ask(kept, environment, secret))) return false;
  return true;
}

/** Says that a deployment failed, and lets secrets that were asked for here be replaced or forgotten: one of them may be wrong. */
export async function replaceKept(
  kept: EditorSecrets,
  deliveries: Deliveries,
  environment: string,
  failed: string,
): Promise<void> {
  const ours = (await deliveries.secretsOf(environment)).filter(({ from }) => from === 'editor');
  const [replace, forget] = [t('Replace the Secret…'), t('Forget the Secret…')];
  const chosen = await window.showWarningMessage(failed, ...(ours.length > 0 ? [replace, forget] : []));
  if (chosen === undefined) return;
  const picked =
    ours.length === 1
      ? ours[0]
      : (
          await window.showQuickPick(
            ours.map(secret => ({ label: secret.name, secret })),
            { title: t('Which secret of {0}?', environment) },
          )
        )?.secret;
  if (picked && chosen === replace) await ask(kept, environment, picked);
  else if (picked) await kept.remove(picked.slot);
}

async function ask(kept: EditorSecrets, environment: string, { name, slot }: EnvironmentSecret): Promise<boolean> {
  const value = await window.showInputBox({
    title: t('{0} for {1}', name, environment),
    prompt: t('Kept in this editor, and given to the commands of a deployment alone.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (value) await kept.set(slot, value);
  return Boolean(value);
}
