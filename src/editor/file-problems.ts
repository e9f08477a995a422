import * as vscode from 'vscode';
import type { FileProblem, FindProblems } from '../core/ports.ts';

/** How long the first answer of a language may take: its server has to be started. */
const FIRST_MS = 10_000;
/** And a later one; of a file without problems there often comes none. */
const LATER_MS = 2000;
/** Servers tell of syntax first, and of types a little later. */
const QUIET_MS = 600;

/** Languages of which somebody has told problems, or been silent about them, in this window. */
const asked = new Map<string, 'tells' | 'silent'>();

const WORD: Record<vscode.DiagnosticSeverity, FileProblem['severity'] | undefined> = {
  [vscode.DiagnosticSeverity.Error]: 'error',
  [vscode.DiagnosticSeverity.Warning]: 'warning',
  [vscode.DiagnosticSeverity.Information]: undefined,
  [vscode.DiagnosticSeverity.Hint]: undefined,
};

/** Until nothing new has been told of the file for a moment; false where nothing was told at all. */
function told(uri: vscode.Uri, ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise(done => {
    const wanted = uri.toString();
    let timer = setTimeout(() => end(false), ms);
    const end = (is: boolean) => {
      clearTimeout(timer);
      listener.dispose();
      signal.removeEventListener('abort', aborted);
      done(is);
    };
    const aborted = () => end(false);
    const listener = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (!uris.some(one => one.toString() === wanted)) return;
      clearTimeout(timer);
      timer = setTimeout(() => end(true), QUIET_MS);
    });
    signal.addEventListener('abort', aborted, { once: true });
  });
}

/** What the editor's languages say of a file that was written just now. It is opened for them, and shown to nobody. */
export const findProblems =
  (folder: vscode.Uri): FindProblems =>
  async (path, signal) => {
    const uri = vscode.Uri.joinPath(folder, path);
    const document = await vscode.workspace.openTextDocument(uri).then(
      opened => opened,
      () => undefined,
    );
    if (!document || signal.aborted) return [];
    const { languageId } = document;
    const known = asked.get(languageId);
    if (known !== 'silent') {
      const heard = await told(uri, known === 'tells' ? LATER_MS : FIRST_MS, signal);
      if (heard) asked.set(languageId, 'tells');
      else if (known === undefined && !signal.aborted) asked.set(languageId, 'silent');
    }
    return vscode.languages.getDiagnostics(uri).flatMap(({ severity, range, message, source }): FileProblem[] => {
      const word = WORD[severity];
      const line = range.start.line + 1;
      return word ? [{ severity: word, line, message, ...(source !== undefined && { source }) }] : [];
    });
  };
