import * as vscode from 'vscode';
import type { GivenProblem } from './attachments.ts';

/** A quick fix for every problem: somebody of the team solves it. */
export function queueQuickFix(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { scheme: 'file' },
    {
      provideCodeActions: ({ uri }, _range, { diagnostics }) =>
        vscode.workspace.getWorkspaceFolder(uri) ? diagnostics.map(problem => quickFix(uri, problem)) : [],
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function quickFix(uri: vscode.Uri, diagnostic: vscode.Diagnostic): vscode.CodeAction {
  const { message, range, source } = diagnostic;
  const title = vscode.l10n.t('Add to Queue...');
  const given: GivenProblem = {
    problem: { uri, line: range.start.line, message, ...(source !== undefined && { source }) },
  };
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { command: 'orchestrate.queueWork', title, arguments: [given] };
  action.diagnostics = [diagnostic];
  return action;
}
