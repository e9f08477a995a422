import * as vscode from 'vscode';
import { DisposableStore } from './disposables.ts';
import * as window from './plain/window.ts';

/** Builds the extension under one owner. When that fails, what was built is taken down and the person is told. */
export function activateWith(build: (owner: DisposableStore, log: vscode.LogOutputChannel) => void): DisposableStore {
  const log = vscode.window.createOutputChannel('Orchestrate', { log: true });
  const owner = new DisposableStore();
  try {
    build(owner, log);
    owner.add(log);
    return owner;
  } catch (error) {
    owner.dispose();
    report(error, log);
    throw error;
  }
}

/** The log stays open: it is the only thing left that can tell what happened. */
function report(error: unknown, log: vscode.LogOutputChannel): void {
  log.error('Activation failed', error);
  const reason = error instanceof Error ? error.message : String(error);
  const show = vscode.l10n.t('Show Log');
  void window.showErrorMessage(vscode.l10n.t('Orchestrate could not start: {0}', reason), show).then(choice => {
    if (choice === show) log.show();
  });
}
