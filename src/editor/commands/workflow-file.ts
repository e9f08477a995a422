import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Plan } from '../../protocol/plan.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';

const { t } = vscode.l10n;

/** The plan in the given file, or in the one that the person picks. */
export async function planFromFile(controller: SessionController, given?: unknown): Promise<Plan | undefined> {
  const uri = given instanceof vscode.Uri ? given : await pickWorkflow();
  return uri && readPlan(controller, uri);
}

async function pickWorkflow(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles('.orchestrate/workflows/**/*.{yaml,yml}', undefined, 200);
  const other = {
    label: t('Another file...'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    uri: undefined as vscode.Uri | undefined,
  };
  const items = found.map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const picked =
    items.length === 0 ? other : await window.showQuickPick([...items, other], { title: t('Run Workflow') });
  if (picked !== other) return picked?.uri;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: t('Run Workflow'),
    openLabel: t('Run'),
    filters: { YAML: ['yaml', 'yml', 'json'] },
    ...(folder && { defaultUri: vscode.Uri.file(join(folder.fsPath, '.orchestrate')) }),
  });
  return chosen?.[0];
}

async function readPlan(controller: SessionController, uri: vscode.Uri): Promise<Plan | undefined> {
  const [{ parsePlan }, roles, document] = await Promise.all([
    import('../../core/plan/parse.ts'),
    controller.roles(),
    vscode.workspace.openTextDocument(uri),
  ]);
  const parsed = parsePlan(document.getText(), { roles: roles.map(({ name }) => name) });
  if (parsed.ok) return parsed.plan;
  const first = parsed.problems.find(({ severity }) => severity === 'error') ?? parsed.problems[0];
  const show = t('Show Problem');
  const text = t('This workflow cannot run: {0}', first?.message ?? '');
  if ((await window.showErrorMessage(text, show)) === show) {
    const at = new vscode.Position(Math.max(0, (first?.line ?? 1) - 1), Math.max(0, (first?.column ?? 1) - 1));
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
  }
  return undefined;
}
