import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SessionText } from '../../core/session/store.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import { chooseSession } from './choose.ts';

const { t } = vscode.l10n;
const PREVIEW = 'vscode.markdown.preview.editor';

/** The report of a session, as a page to read. */
export async function showReport(controller: SessionController, given?: unknown): Promise<void> {
  const session = await chooseSession(controller, given, () => true, t('There is no session yet.'));
  if (!session) return;
  if (await preview(controller, session.id, 'report.md')) return;
  void window.showInformationMessage(t('There is no report yet: it is written when the session ends or is stopped.'));
}

/** The session's log; where it has not been written yet, its journal. */
export async function openSessionLog(controller: SessionController, given?: unknown): Promise<void> {
  const session = await chooseSession(controller, given, () => true, t('There is no session yet.'));
  if (!session || (await preview(controller, session.id, 'log.md'))) return;
  const file = await fileOf(controller, session.id, 'events.jsonl');
  if (file) await vscode.window.showTextDocument(file, { preview: true });
  else void window.showInformationMessage(t('This session is no longer there.'));
}

async function preview(controller: SessionController, id: string, name: SessionText): Promise<boolean> {
  if ((await (await controller.runtime()).text(id, name)) === undefined) return false;
  const file = await fileOf(controller, id, name);
  // Not the preview that follows the editor in front, and would soon be of something else.
  if (file) await vscode.commands.executeCommand('vscode.openWith', file, PREVIEW);
  return file !== undefined;
}

async function fileOf(controller: SessionController, id: string, name: string): Promise<vscode.Uri | undefined> {
  const summary = (await (await controller.runtime()).list()).find(each => each.id === id);
  return summary && vscode.Uri.file(join(summary.folder, name));
}
