import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Report } from '../../core/session/report/report.ts';
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
  if (!(await preview(controller, session.id, 'report.md'))) sayNoReport();
}

const sayNoReport = () =>
  void window.showInformationMessage(t('There is no report yet: it is written when the session ends or is stopped.'));

/** The report with its charts, where it can be printed. */
export async function openReportInBrowser(controller: SessionController, given?: unknown): Promise<void> {
  const session = await chooseSession(controller, given, () => true, t('There is no session yet.'));
  if (!session) return;
  const html = await (await controller.runtime()).text(session.id, 'report.html');
  const file = html === undefined ? undefined : await fileOf(controller, session.id, 'report.html');
  if (html === undefined || !file) return sayNoReport();
  // The person's browser has no files of another machine.
  if (vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web) return showHtml(html);
  const opened = await Promise.resolve(vscode.env.openExternal(file)).catch(() => false);
  void window.showInformationMessage(
    opened
      ? t('The report is open in your browser.')
      : t('No browser could be started: open {0} yourself.', file.fsPath),
  );
}

/** It is one file without scripts, and says itself that it loads nothing. */
function showHtml(html: string): void {
  const panel = vscode.window.createWebviewPanel('orchestrate.report', t('Report'), vscode.ViewColumn.Active, {
    enableFindWidget: true,
    localResourceRoots: [],
  });
  panel.webview.html = html;
  void window.showInformationMessage(
    t('Your browser cannot open files of the machine that this window works on, so the report is shown here.'),
  );
}

/** What a pull request of this session's work may say, to be pasted there. */
export async function copyReport(controller: SessionController, given?: unknown): Promise<void> {
  const session = await chooseSession(controller, given, () => true, t('There is no session yet.'));
  if (!session) return;
  const text = await (await controller.runtime()).text(session.id, 'report.json');
  if (text === undefined) return sayNoReport();
  const [{ Report }, { renderPullRequest }] = await Promise.all([
    import('../../core/session/report/report.ts'),
    import('../../core/session/report/pull-request.ts'),
  ]);
  const report = Report.safeParse(JSON.parse(text));
  if (!report.success) {
    void window.showInformationMessage(t('That report was written by another version of Orchestrate.'));
    return;
  }
  await vscode.env.clipboard.writeText(renderPullRequest(report.data as Report));
  void window.showInformationMessage(t('Copied: the report as Markdown for a pull request.'));
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
