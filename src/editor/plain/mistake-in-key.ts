import * as vscode from 'vscode';

const { t } = vscode.l10n;

/** Says what is wrong without repeating any of it: what was typed may be most of a key. */
export function mistakeInKey(typed: string): string | undefined {
  const key = typed.trim();
  if (key === '') return t('Paste the key.');
  if (/\s/.test(key)) return t('A key has no spaces in it.');
  return /^[\x21-\x7e]+$/.test(key) ? undefined : t('There is a character in it that no key has.');
}
