import { access } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activateWith } from './editor/activation.ts';
import { AgentsView } from './editor/agents-view.ts';
import { registerCommands } from './editor/commands/register.ts';
import { Dashboard } from './editor/dashboard/panel.ts';
import type { DisposableStore } from './editor/disposables.ts';
import { FolderReview } from './editor/review/folder-review.ts';
import { reviewOf } from './editor/review/journaled.ts';
import { EditorSecrets } from './editor/secrets.ts';
import { noSessions } from './editor/sessions.ts';
import { StatusBar } from './editor/status-bar.ts';

let extension: DisposableStore | undefined;

export function activate(context: vscode.ExtensionContext): { review: FolderReview | undefined } | undefined {
  let review: FolderReview | undefined;
  extension = activateWith((owner, log) => {
    const sessions = noSessions;
    const dashboard = owner.add(new Dashboard(context.extensionUri, sessions, log));
    const open = async () => {
      await dashboard.open();
    };
    owner.add(new AgentsView(sessions));
    owner.add(new StatusBar(sessions));
    const secrets = new EditorSecrets(context.secrets);
    owner.add(registerCommands({ log, dashboard, secrets, starter: { start: open, startDemo: open } }));
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    if (folder) {
      review = owner.add(new FolderReview(folder, log));
      reviewStored(owner, review, folder, log);
    }
  });
  // For tests inside the extension host, which bring sessions of their own.
  return context.extensionMode === vscode.ExtensionMode.Test ? { review } : undefined;
}

export function deactivate(): void {
  extension?.dispose();
  extension = undefined;
}

/** What an earlier window left to decide is there again, once the folder is trusted. */
function reviewStored(
  owner: DisposableStore,
  review: FolderReview,
  folder: vscode.Uri,
  log: vscode.LogOutputChannel,
): void {
  const open = async () => {
    // Most folders have no session: then nothing is loaded.
    await access(join(folder.fsPath, '.orchestrate', 'sessions'));
    const { openPending } = await import('./app/pending-session.ts');
    const { systemClock } = await import('./node/clock.ts');
    const write = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error', text: string, detail?: unknown) =>
      detail === undefined ? log[level](text) : log[level](text, detail);
    const stored = await openPending(folder.fsPath, {
      files: await review.workspace(),
      clock: systemClock,
      log: { write },
    });
    if (!stored) return;
    owner.add({
      dispose: () => void stored.close().catch(error => log.error('A stored session could not be closed', error)),
    });
    if (!review.reviews.current) review.reviews.show(reviewOf(stored.journal, stored.changes));
  };
  const begin = () =>
    void open().catch(error => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        log.error('Changes of an earlier session could not be opened', error);
      }
    });
  if (vscode.workspace.isTrusted) begin();
  else owner.add(vscode.workspace.onDidGrantWorkspaceTrust(begin));
}
