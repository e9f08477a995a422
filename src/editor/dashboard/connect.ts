import * as vscode from 'vscode';
import type { LogLevel } from '../../core/ports.ts';
import { checklist } from '../../core/team/completion.ts';
import { Connection, type ConnectionParts } from '../../dashboard/connection.ts';
import { systemClock } from '../../node/clock.ts';

type Own = Pick<ConnectionParts, 'source' | 'team' | 'readiness' | 'run' | 'step' | 'onDrawn'> & {
  log: vscode.LogOutputChannel;
};

/** Joins a page to the sessions of this window. */
export function connect(webview: vscode.Webview, { log, ...own }: Own): Connection {
  return new Connection({
    ...own,
    clock: systemClock,
    log: {
      write: (level, text, detail) => log[level satisfies LogLevel](text, ...(detail === undefined ? [] : [detail])),
    },
    checklist,
    post: message => void webview.postMessage(message),
    openFile: (path, line) => void openFile(path, line),
    openTranscript: (session, agent) =>
      void vscode.commands.executeCommand('orchestrate.openTranscript', { session, agent }),
    retryTask: (session, task) => void vscode.commands.executeCommand('orchestrate.retryTask', { session, task }),
    texts: vscode.l10n.bundle ?? {},
  });
}

async function openFile(path: string, line: number | undefined): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) return;
  const at = Math.max(0, (line ?? 1) - 1);
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, path), {
    selection: new vscode.Range(at, 0, at, 0),
    preview: true,
  });
}
