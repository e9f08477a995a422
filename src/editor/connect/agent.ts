import * as vscode from 'vscode';
import type { WorkerDiagnosis } from '../../core/doctor.ts';
import * as window from '../plain/window.ts';
import { saveWorker } from './save.ts';

const { t } = vscode.l10n;

/** A CLI agent works for a role: one is written for it, which the planner may then use. */
export async function connectAgent({ worker, label, path, advice }: WorkerDiagnosis): Promise<void> {
  if (path === undefined) {
    const copy = t('Copy');
    const text = t('{0} is not on this machine. {1}', label, advice ?? '');
    const how = await window.showWarningMessage(text, ...(advice ? [copy] : []));
    if (how === copy) await vscode.env.clipboard.writeText(advice?.split(': ').at(-1) ?? '');
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) return;
  const file = vscode.Uri.joinPath(folder.uri, '.orchestrate', 'agents', `${worker}.md`);
  const there = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (!there) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(roleFor(worker, label)));
  await saveWorker(worker);
  await vscode.window.showTextDocument(file, { preview: false });
  void window.showInformationMessage(
    t(
      'The role "{0}" gives its tasks to {1}. Plans may name it from now on; change what it is good at as you like.',
      worker,
      label,
    ),
  );
}

const roleFor = (worker: string, label: string) => `---
name: ${worker}
description: Implements a task of its own with ${label}, a CLI agent
worker: ${worker}
---
You implement one task. Keep to it, follow the style of what is there, and run the tests that concern it.
`;
