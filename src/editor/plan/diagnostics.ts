import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';
import { planFiles } from './desk.ts';

const SETTLE_MS = 300;
/** Plans that wait, and workflows that are kept. */
export const planDocuments: vscode.DocumentSelector = [
  planFiles,
  { scheme: 'file', pattern: '**/.orchestrate/workflows/**/*.{yaml,yml}' },
];

/** Marks every mistake of a plan while it is edited, with the checks that it must pass before it runs. */
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
    if (vscode.languages.match(planDocuments, document) === 0) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const check = () => {
      this.#timers.delete(key);
      void this.#check(document).catch(error => this.#log.error('A plan could not be checked', error));
    };
    this.#timers.set(key, setTimeout(check, SETTLE_MS));
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    const [{ parsePlan }, roles] = await Promise.all([import('../../core/plan/parse.ts'), this.#controller.roles()]);
    const parsed = parsePlan(document.getText(), { roles: roles.map(({ name }) => name) });
    if (document.isClosed || this.#store.disposed) return;
    const problems = parsed.ok ? parsed.warnings : parsed.problems;
    const marks = problems.map(({ line = 1, column = 1, message, severity, code }) => {
      const start = document.validatePosition(new vscode.Position(line - 1, column - 1));
      const word = document.getWordRangeAtPosition(start) ?? document.lineAt(start).range;
      const kind = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
      const mark = new vscode.Diagnostic(word, message, kind);
      mark.source = 'orchestrate';
      mark.code = code;
      return mark;
    });
    this.#found.set(document.uri, marks);
  }
}
