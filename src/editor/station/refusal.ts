import * as vscode from 'vscode';
import type { Answered } from '../../runtime/contract.ts';
import * as window from '../plain/window.ts';

const { t } = vscode.l10n;

/** Says why the team, or whoever keeps its queue, did not do something. */
export function tellRefusal({ ok, message }: Answered): void {
  if (!ok) void window.showWarningMessage(t('Not done: {0}', message ?? t('no reason given')));
}
