import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import { plain } from '../plain/text.ts';
import type { ReviewModel } from './model.ts';

/** "Accept · Reject · from frontend-specialist (model)" above every pending hunk. */
export class HunkLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #model: ReviewModel;

  constructor(model: ReviewModel) {
    this.#model = model;
    this.#store.add(vscode.languages.registerCodeLensProvider({ scheme: model.folder.scheme }, this));
    this.#store.add(model.onDidChange(() => this.#changed.fire()));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const file = this.#model.fileOf(document.uri);
    if (!file) return [];
    return file.hunks.flatMap(hunk => {
      const range = document.validateRange(new vscode.Range(hunk.current.start, 0, hunk.current.start, 0));
      const target = { path: file.path, hunk: hunk.id, view: file.view };
      const from = hunk.edited
        ? vscode.l10n.t('from {0}, edited by you', this.#model.named(hunk.authors))
        : vscode.l10n.t('from {0}', this.#model.named(hunk.authors));
      const lens = (title: string, command: string) =>
        new vscode.CodeLens(range, { title, command: `orchestrate.review.${command}`, arguments: [target] });
      return [
        lens(vscode.l10n.t('Accept'), 'acceptHunk'),
        lens(vscode.l10n.t('Reject'), 'rejectHunk'),
        lens(plain(from), 'revealHunk'),
      ];
    });
  }

  dispose(): void {
    this.#store.dispose();
  }
}
