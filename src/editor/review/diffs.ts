import * as vscode from 'vscode';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import type { Baselines } from './baselines.ts';
import type { ReviewModel } from './model.ts';

/** Baseline and file side by side, the right one editable; one file, or all that wait. */
export class Diffs implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #baselines: Baselines;
  readonly #titleOfAll = vscode.l10n.t('Waiting for Review');

  constructor(model: ReviewModel, baselines: Baselines) {
    this.#model = model;
    this.#baselines = baselines;
    const note = () => {
      const isAll = this.isAll(vscode.window.tabGroups.activeTabGroup.activeTab);
      void vscode.commands.executeCommand('setContext', 'orchestrate.review.inAll', isAll);
    };
    this.#store.add(vscode.window.tabGroups.onDidChangeTabs(note));
    this.#store.add(vscode.window.tabGroups.onDidChangeTabGroups(note));
    note();
  }

  /** At a line of the right side, counted from 0; the first change where none is named. */
  async open(path: RelPath, line = this.#model.hunksAt(path)[0]?.hunk.current.start ?? 0): Promise<void> {
    const files = this.#model.filesAt(path);
    if (files.length === 0) return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const title = vscode.l10n.t('{0} (before ↔ now)', name);
    await vscode.commands.executeCommand('vscode.diff', this.#baselines.uriOf(path), this.#now(path), title, {
      selection: new vscode.Range(line, 0, line, 0),
    });
  }

  async openAll(): Promise<void> {
    const resources = this.#model.paths.map(path => [
      this.#model.uriOf(path),
      this.#model.filesAt(path).some(({ change }) => change === 'created') ? undefined : this.#baselines.uriOf(path),
      // A deleted file's empty side is a document all the same: there it is decided.
      this.#now(path),
    ]);
    if (resources.length > 0) await vscode.commands.executeCommand('vscode.changes', this.#titleOfAll, resources);
  }

  /** Whether a tab shows all files together. */
  isAll(tab: vscode.Tab | undefined): boolean {
    return tab?.label.startsWith(this.#titleOfAll) === true && !(tab.input instanceof vscode.TabInputText);
  }

  /** Of a file, of its baseline, and of the empty side of one that was deleted. */
  pathShownIn(uri: vscode.Uri): RelPath | undefined {
    return this.#model.pathOf(uri) ?? this.#baselines.pathOf(uri);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #now(path: RelPath): vscode.Uri {
    const isDeleted = this.#model.filesAt(path).some(({ change }) => change === 'deleted');
    return isDeleted ? this.#baselines.nothingAt(path) : this.#model.uriOf(path);
  }
}
