import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';
import { settingsOf } from '../settings.ts';
import { planFiles } from './approval.ts';

const SETTLE_MS = 300;
/** Plans that wait, and workflows that are kept. */
export const planDocuments: vscode.DocumentSelector = [
  planFiles,
  { scheme: 'file', pattern: '**/.orchestrate/workflows/**/*.{yaml,yml}' },
];
export const configFiles: vscode.DocumentSelector = { scheme: 'file', pattern: '**/.orchestrate/config.yaml' };

interface Problem {
  line?: number | undefined;
  column?: number | undefined;
  message: string;
  severity: 'error' | 'warning';
  code?: string;
}

/** Marks every mistake of a plan or a configuration while it is edited, with the checks that it must pass to be used. */
export class PlanDiagnostics implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #found = this.#store.add(vscode.languages.createDiagnosticCollection('orchestrate'));
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #controller: SessionController;
  readonly #log: vscode.LogOutputChannel;

  constructor(controller: SessionController, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#log = log;
    const { workspace } = vscode;
    this.#store.add(workspace.onDidOpenTextDocument(document => this.#soon(document)));
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)));
    this.#store.add(
      workspace.onDidCloseTextDocument(document => {
        clearTimeout(this.#timers.get(document.uri.toString()));
        this.#found.delete(document.uri);
      }),
    );
    this.#store.add({
      dispose: () => {
        for (const timer of this.#timers.values()) clearTimeout(timer);
      },
    });
    for (const document of workspace.textDocuments) this.#soon(document);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #soon(document: vscode.TextDocument): void {
    const isConfig = vscode.languages.match(configFiles, document) > 0;
    if (!isConfig && vscode.languages.match(planDocuments, document) === 0) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const check = () => {
      this.#timers.delete(key);
      const problems = isConfig ? configProblems(document.getText()) : this.#planProblems(document.getText());
      void problems
        .then(found => this.#mark(document, found))
        .catch(error => this.#log.error(`${document.uri.path} could not be checked`, error));
    };
    this.#timers.set(key, setTimeout(check, SETTLE_MS));
  }

  async #planProblems(text: string): Promise<readonly Problem[]> {
    const [{ parsePlan }, roles] = await Promise.all([import('../../core/plan/parse.ts'), this.#controller.roles()]);
    const parsed = parsePlan(text, { roles: roles.map(({ name }) => name) });
    return parsed.ok ? parsed.warnings : parsed.problems;
  }

  #mark(document: vscode.TextDocument, problems: readonly Problem[]): void {
    if (document.isClosed || this.#store.disposed) return;
    const marks = problems.map(({ line = 1, column = 1, message, severity, code }) => {
      const start = document.validatePosition(new vscode.Position(line - 1, column - 1));
      const word = document.getWordRangeAtPosition(start) ?? document.lineAt(start).range;
      const kind = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
      const mark = new vscode.Diagnostic(word, message, kind);
      mark.source = 'orchestrate';
      if (code !== undefined) mark.code = code;
      return mark;
    });
    this.#found.set(document.uri, marks);
  }
}

/** Read as if it had been agreed to: what it says must be right before anybody is asked. */
async function configProblems(text: string): Promise<readonly Problem[]> {
  const { loadConfig } = await import('../../core/config/load.ts');
  const source = '.orchestrate/config.yaml';
  const { problems } = await loadConfig({ user: settingsOf(), workspace: { source, text } }, () => true);
  return problems.filter(problem => problem.source === source);
}
