import * as vscode from 'vscode';
import * as window from '../plain/window.ts';
import type { ExtensionConsent } from './consent.ts';

const { t } = vscode.l10n;

/** Whether an extension may spend; undefined: the person closed the question. */
export async function askConsent(id: string | undefined): Promise<'allow' | 'deny' | undefined> {
  const allow = t('Allow');
  const deny = t('Deny');
  const label = id === undefined ? undefined : vscode.extensions.getExtension(id)?.packageJSON.displayName;
  const who =
    id === undefined
      ? t('An extension that this version of VS Code does not name')
      : typeof label === 'string'
        ? `${label} (${id})`
        : id;
  const detail = t(
    'It sends what it asks to your providers and spends your money: as much in a day, with all other extensions, as "Orchestrate: Extensions Day Usd" says. You are asked once for each extension.',
  );
  const text = t('{0} wants to use your models through "Orchestrate: best available".', who);
  // The first one is what Enter takes.
  const choice = await window.showWarningMessage(text, { modal: true, detail }, deny, allow);
  return choice === allow ? 'allow' : choice === deny ? 'deny' : undefined;
}

/** Takes back what was allowed. */
export async function reviewConsent(consent: ExtensionConsent): Promise<void> {
  const { allowed } = consent;
  if (allowed.length === 0) {
    void window.showInformationMessage(t('No extension may use your models.'));
    return;
  }
  const items = allowed.map(label => ({ label, picked: true }));
  const kept = await window.showQuickPicks(items, { title: t('Which extensions may use your models?') });
  if (kept) await consent.keep(kept.map(({ label }) => label));
}
