import * as vscode from 'vscode';
import type { FileProblem, FindProblems } from '../core/ports.ts';

/** How long the first answer of a language may take: its server has to be started. */
const FIRST_MS = 10_000;
/** Where it runs already. */
const AWAKE_MS = 4000;
/** And a later one; of a file without problems there often comes none. */
const LATER_MS = 2000;
/** Where no extension is there for the language, a checker of all files may still tell something. */
const NOBODY_MS = 500;
/** Servers tell of syntax first, and of types a little later. */
const QUIET_MS = 600;
/** Who is asked outright answers once the project is loaded. */
const ASKED_MS = 30_000;

/** Languages of which somebody has told problems, or been silent about them, in this window. */
const asked = new Map<string, 'tells' | 'silent'>();

interface Manifest {
  main?: string;
  browser?: string;
  activationEvents?: string[];
  contributes?: { languages?: { id?: string }[] };
}

/** How long to wait for somebody to tell of a language that nobody has been asked about yet. */
function firstWait(languageId: string): number {
  const knows = ({ packageJSON }: vscode.Extension<unknown>) => {
    const { main, browser, activationEvents = [], contributes } = packageJSON as Manifest;
    // Without code it only colours.
    if (main === undefined && browser === undefined) return false;
    return (
      activationEvents.includes(`onLanguage:${languageId}`) ||
      contributes?.languages?.some(({ id }) => id === languageId) === true
    );
  };
  const knowing = vscode.extensions.all.filter(knows);
  const spoken = vscode.workspace.textDocuments.some(
    document => document.languageId === languageId && vscode.languages.getDiagnostics(document.uri).length > 0,
  );
  if (knowing.some(extension => !extension.isActive)) return FIRST_MS;
  return knowing.length > 0 || spoken ? AWAKE_MS : NOBODY_MS;
}

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

const TYPESCRIPT = new Set(['typescript', 'typescriptreact', 'javascript', 'javascriptreact']);

/** What TypeScript's server says of a diagnostic, as far as we read it. */
interface Told {
  text?: unknown;
  category?: unknown;
  start?: { line?: unknown };
}

/**
 * TypeScript tells of files in tabs only, and is asked for others by the command of its extension. Undefined: it cannot be
 * asked.
 */
async function askTypeScript(uri: vscode.Uri): Promise<FileProblem[] | undefined> {
  const ask = (request: string) =>
    vscode.commands.executeCommand<{ body?: Told[] } | undefined>('typescript.tsserverRequest', request, { file: uri });
  try {
    const answers = await Promise.all(['syntacticDiagnosticsSync', 'semanticDiagnosticsSync'].map(ask));
    if (answers.some(answer => !Array.isArray(answer?.body))) return undefined;
    return answers
      .flatMap(answer => answer?.body ?? [])
      .flatMap(({ text, category, start }): FileProblem[] =>
        (category === 'error' || category === 'warning') && typeof text === 'string' && typeof start?.line === 'number'
          ? [{ severity: category, line: start.line, message: text, source: 'ts' }]
          : [],
      );
  } catch {
    return undefined;
  }
}

/** For one that does not answer, such as a server on its way up in a huge project. */
function within<T>(ms: number, signal: AbortSignal, asked: Promise<T>): Promise<T | undefined> {
  return new Promise(done => {
    const end = (value: T | undefined) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      done(value);
    };
    const aborted = () => end(undefined);
    const timer = setTimeout(aborted, ms);
    signal.addEventListener('abort', aborted, { once: true });
    void asked.then(end, aborted);
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
    // Plain text is in no language: nobody would tell, and the agent would wait for nothing.
    if (languageId === 'plaintext') return [];
    const known = asked.get(languageId);
    const asking = TYPESCRIPT.has(languageId) ? askTypeScript(uri) : undefined;
    const typed = asking && (await within(ASKED_MS, signal, asking));
    if (!typed && known !== 'silent') {
      const heard = await told(uri, known === 'tells' ? LATER_MS : firstWait(languageId), signal);
      if (heard) asked.set(languageId, 'tells');
      else if (known === undefined && !signal.aborted) asked.set(languageId, 'silent');
    }
    const others = vscode.languages
      .getDiagnostics(uri)
      .flatMap(({ severity, range, message, source }): FileProblem[] => {
        if (typed && (source === 'ts' || source === 'js')) return [];
        const word = WORD[severity];
        const line = range.start.line + 1;
        return word ? [{ severity: word, line, message, ...(source !== undefined && { source }) }] : [];
      });
    return [...(typed ?? []), ...others];
  };
