import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { ReviewModel } from './model.ts';
import { changesOf } from './words.ts';

/** A mark on pending files wherever files are listed. */
export class FileDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<vscode.Uri[] | undefined>());
  readonly onDidChangeFileDecorations = this.#changed.event;
  readonly #model: ReviewModel;

  constructor(model: ReviewModel) {
    this.#model = model;
    this.#store.add(vscode.window.registerFileDecorationProvider(this));
    this.#store.add(
      model.onDidChange(moved => {
        if (moved === 'all') this.#changed.fire(undefined);
        else if (moved.size > 0) this.#changed.fire([...moved].map(path => model.uriOf(path)));
      }),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const file = this.#model.fileOf(uri);
    if (!file) return undefined;
    const waiting = vscode.l10n.t('{0} wait for review', changesOf(file.hunks.length));
    const decoration = new vscode.FileDecoration(
      '◆',
      `${waiting}: ${this.#model.named(file.authors)}`,
      new vscode.ThemeColor('orchestrate.pendingForeground'),
    );
    decoration.propagate = true;
    return decoration;
  }

  dispose(): void {
    this.#store.dispose();
  }
}
