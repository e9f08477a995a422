import * as vscode from 'vscode';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import { requireReady } from '../workspace-readiness.ts';
import { startWithProgress } from './start-session.ts';

const { t } = vscode.l10n;

/** "Give This File To…": a goal about one file, for one role. */
export async function giveFileTo(controller: SessionController, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  // The log and other documents that are no files of the folder cannot be given to anybody.
  if (!uri || !vscode.workspace.getWorkspaceFolder(uri)) {
    void window.showInformationMessage(t('Open or select a file of this workspace first.'));
    return;
  }
  const path = vscode.workspace.asRelativePath(uri, false);
  const roles = (await controller.roles()).filter(({ name }) => name !== 'orchestrator');
  const role = await window.showQuickPick(
    roles.map(({ name, description }) => ({ label: name, detail: description })),
    { title: t('Give {0} to...', path), matchOnDetail: true },
  );
  if (!role) return;
  const wish = await window.showInputBox({
    title: t('{0}: {1}', role.label, path),
    prompt: t('What should be done with it?'),
    ignoreFocusOut: true,
    validateInput: value => (value.trim() === '' ? t('Say what should be done.') : undefined),
  });
  if (wish === undefined) return;
  const text = `${wish.trim()}\n\nThe file: ${path}`;
  const running = controller.sessions.find(session => session.running) ?? controller.sessions.find(({ runs }) => runs);
  if (running) {
    const { ok, message } = await running.request({ kind: 'queue-add', text, target: role.label, priority: 5 });
    if (!ok) void window.showWarningMessage(t('Not done: {0}', message ?? ''));
    return;
  }
  await startWithProgress(controller, { kind: 'new', goal: text, roles: [role.label] });
}
