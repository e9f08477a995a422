import * as vscode from 'vscode';
import type { SessionStarter } from '../sessions.ts';
import { requireReady } from '../workspace-readiness.ts';

/** Asks for the goal and hands it over. */
export async function startSession(starter: SessionStarter): Promise<void> {
  if (!(await requireReady())) return;
  const goal = await vscode.window.showInputBox({
    title: vscode.l10n.t('Start Session'),
    prompt: vscode.l10n.t('What should the team achieve?'),
    placeHolder: vscode.l10n.t('For example: add a dark theme to the settings page, with tests'),
    ignoreFocusOut: true,
    validateInput: text =>
      text.trim() === '' ? vscode.l10n.t('Say in a sentence what should be achieved.') : undefined,
  });
  if (goal !== undefined) await starter.start(goal.trim());
}

export async function startDemo(starter: SessionStarter): Promise<void> {
  if (await requireReady()) await starter.startDemo();
}
