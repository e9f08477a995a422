import * as vscode from 'vscode';
import * as window from './window.ts';

const { t } = vscode.l10n;

export async function askDollars(prompt: string, now?: number): Promise<number | undefined> {
  const text = await window.showInputBox({
    title: t('Budget'),
    prompt,
    value: now === undefined ? '' : String(now),
    ignoreFocusOut: true,
    validateInput: value => (Number(value.replace(/^\$/, '')) > 0 ? undefined : t('Write an amount such as 2.50.')),
  });
  return text === undefined ? undefined : Number(text.replace(/^\$/, ''));
}
