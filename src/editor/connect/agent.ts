import * as vscode from 'vscode';
import type { WorkerDiagnosis } from '../../core/doctor/doctor.ts';
import * as window from '../plain/window.ts';
import { saveWorker } from './save.ts';

const { t } = vscode.l10n;

/** A CLI agent works for a role: one is written for it, which the planner may then use. */
export async function connectAgent(diagnosis: WorkerDiagnosis): Promise<void> {
  const { worker, label } = diagnosis;
  if (!(await canBegin(diagnosis))) return;
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

/** Whether its role is to be written: also of one that cannot begin yet, where the person wants it. */
async function canBegin({ label, path, login, message, advice, command }: WorkerDiagnosis): Promise<boolean> {
  const wrong =
    path === undefined
      ? t('{0} is not on this machine.', label)
      : login === 'none'
        ? t('{0} is there, but nobody is logged in.', label)
        : message === undefined
          ? undefined
          : t('{0} is there, but does not begin: {1}', label, message);
  if (wrong === undefined) return true;
  const copy = t('Copy the Command');
  const write = t('Write Its Role All the Same');
  const how = await window.showWarningMessage(
    [wrong, advice].filter(Boolean).join(' '),
    ...(command === undefined ? [] : [copy]),
    ...(path === undefined ? [] : [write]),
  );
  if (how === copy && command !== undefined) await vscode.env.clipboard.writeText(command);
  return how === write;
}

const roleFor = (worker: string, label: string) => `---
name: ${worker}
description: Implements a task of its own with ${label}, a CLI agent
worker: ${worker}
---
You implement one task. Keep to it, follow the style of what is there, and run the tests that concern it.
`;
