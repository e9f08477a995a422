import * as vscode from 'vscode';
import type { InboxRequest } from '../protocol/inbox.ts';
import * as window from './plain/window.ts';
import type { WindowSession } from './window-session.ts';

const { t } = vscode.l10n;

/** Asks a session's owner for something and says why when it was not done. */
export async function ask(session: WindowSession, body: InboxRequest): Promise<void> {
  const { ok, message } = await session.request(body);
  if (!ok) void window.showWarningMessage(t('Not done: {0}', message ?? t('no reason given')));
}
