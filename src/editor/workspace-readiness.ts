import * as vscode from 'vscode';
import type { Readiness } from '../dashboard/sessions.ts';
import * as window from './plain/window.ts';

export function readiness(): Readiness {
  if (!vscode.workspace.isTrusted) return 'untrusted';
  return vscode.workspace.workspaceFolders?.length ? 'ready' : 'no-folder';
}

/** Says why nothing can run and offers the way out; true when all is well. */
export async function requireReady(): Promise<boolean> {
  switch (readiness()) {
    case 'ready':
      return true;
    case 'untrusted': {
      const manage = vscode.l10n.t('Manage Workspace Trust');
      const text = vscode.l10n.t('Orchestrate starts no agents in a workspace that you do not trust.');
      const choice = await window.showWarningMessage(text, manage);
      if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
      return false;
    }
    case 'no-folder': {
      const open = vscode.l10n.t('Open Folder');
      const text = vscode.l10n.t('Orchestrate works on the files of a folder. Open one first.');
      const choice = await window.showInformationMessage(text, open);
      if (choice === open) await vscode.commands.executeCommand('vscode.openFolder');
      return false;
    }
  }
}
