import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import { named, type ReviewModel } from './model.ts';

const { t } = vscode.l10n;

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
    const files = this.#model.filesOf(uri);
    if (files.length === 0) return undefined;
    const hunks = files.reduce((sum, file) => sum + file.hunks.length, 0);
    const waiting = hunks === 1 ? t('1 change waits for review') : t('{0} changes wait for review', hunks);
    const authors = files.map(file => named(file.session, file.authors)).join(', ');
    const decoration = new vscode.FileDecoration(
      '◆',
      `${waiting}: ${authors}`,
      new vscode.ThemeColor('orchestrate.pendingForeground'),
    );
    decoration.propagate = true;
    return decoration;
  }

  dispose(): void {
    this.#store.dispose();
  }
}
