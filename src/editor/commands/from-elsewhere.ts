import * as vscode from 'vscode';
import type { Origin } from '../../core/session/seal.ts';

const { t } = vscode.l10n;

/** Why a session is only shown. */
export function fromElsewhereText(origin: Exclude<Origin, 'own'>): string {
  return origin === 'unsealed'
    ? t(
        'This session is from elsewhere: it came with this folder, or an older version of Orchestrate made it. It can be looked at, and is not resumed, answered or decided on until you have seen what it would do and take it over.',
      )
    : t(
        'This session is from elsewhere: it was made by another user or on another machine, its folder was moved, or something in it was changed. It can be looked at, and is not resumed, answered or decided on until you have seen what it would do and take it over.',
      );
}
