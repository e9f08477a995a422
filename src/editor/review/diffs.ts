import * as vscode from 'vscode';
import type { RelPath } from '../../protocol/ids.ts';
import type { Baselines } from './baselines.ts';
import type { ReviewModel } from './model.ts';

/** Baseline and file side by side, the right one editable; one file, or all that wait. */
export class Diffs {
  readonly #model: ReviewModel;
  readonly #baselines: Baselines;

  constructor(model: ReviewModel, baselines: Baselines) {
    this.#model = model;
    this.#baselines = baselines;
  }

  async open(path: RelPath): Promise<void> {
    const file = this.#model.file(path);
    if (!file) return;
    const right = file.change === 'deleted' ? this.#baselines.nothingAt(path) : this.#model.uriOf(path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const title = vscode.l10n.t('{0} (before ↔ now)', name);
    const line = file.hunks[0]?.current.start ?? 0;
    await vscode.commands.executeCommand('vscode.diff', this.#baselines.uriOf(path), right, title, {
      selection: new vscode.Range(line, 0, line, 0),
    });
  }

  async openAll(): Promise<void> {
    const resources = this.#model.files.map(({ path, change }) => [
      this.#model.uriOf(path),
      change === 'created' ? undefined : this.#baselines.uriOf(path),
      change === 'deleted' ? undefined : this.#model.uriOf(path),
    ]);
    if (resources.length > 0) {
      await vscode.commands.executeCommand('vscode.changes', vscode.l10n.t('Waiting for Review'), resources);
    }
  }
}
