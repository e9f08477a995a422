import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { Baselines } from './baselines.ts';
import { named, type ReviewModel } from './model.ts';

/** The gutter of pending files against their baselines, and their list in the source control view while there is any. */
export class QuickDiff implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #baselines: Baselines;
  #control: { control: vscode.SourceControl; group: vscode.SourceControlResourceGroup } | undefined;

  constructor(model: ReviewModel, baselines: Baselines) {
    this.#model = model;
    this.#baselines = baselines;
    this.#store.add(model.onDidChange(() => this.#update()));
    this.#store.add({ dispose: () => this.#control?.control.dispose() });
    this.#update();
  }

  provideOriginalResource(uri: vscode.Uri): vscode.Uri | undefined {
    const [file] = this.#model.filesOf(uri);
    return file && this.#baselines.uriOf(file.path);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const files = new Map(this.#model.files.map(file => [file.path, file]));
    if (files.size === 0) {
      this.#control?.control.dispose();
      this.#control = undefined;
      return;
    }
    this.#control ??= this.#open();
    // The Review view has the badge; a second one would only count the same files again.
    this.#control.control.count = 0;
    this.#control.group.resourceStates = [...files.values()].map(file => ({
      resourceUri: this.#model.uriOf(file.path),
      command: {
        command: 'orchestrate.review.openDiff',
        title: vscode.l10n.t('Open Changes'),
        arguments: [file.path],
      },
      decorations: {
        strikeThrough: file.change === 'deleted',
        tooltip: named(file.session, file.authors),
      },
      contextValue: 'pending',
    }));
  }

  #open() {
    const control = vscode.scm.createSourceControl('orchestrate', 'Orchestrate', this.#model.folder);
    control.inputBox.visible = false;
    control.quickDiffProvider = this;
    const group = control.createResourceGroup('pending', vscode.l10n.t('Waiting for Review'));
    group.hideWhenEmpty = true;
    return { control, group };
  }
}
