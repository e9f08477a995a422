import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import type { ReviewModel } from './model.ts';
import { filesAnd } from './words.ts';

/** Says once, when a session is done, how much of it waits for review. */
export class DoneNotice implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #acceptAll: () => Promise<unknown>;
  /** Sessions seen at work: only their end is news. */
  readonly #running = new Set<string>();

  constructor(model: ReviewModel, acceptAll: () => Promise<unknown>) {
    this.#model = model;
    this.#acceptAll = acceptAll;
    this.#store.add(model.onDidChange(() => void this.#look()));
    void this.#look();
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #look(): Promise<void> {
    const { state, told } = this.#model.session ?? {};
    if (!state || told) return;
    if (state.status !== 'ended') {
      this.#running.add(state.session);
      return;
    }
    if (!this.#running.delete(state.session)) return;
    const { files } = this.#model;
    if (files.length === 0) return;
    const review = vscode.l10n.t('Review');
    const accept = vscode.l10n.t('Accept All');
    const hunks = files.reduce((sum, file) => sum + file.hunks, 0);
    const text = vscode.l10n.t('{0} wait for review.', filesAnd(files.length, hunks));
    const choice = await window.showInformationMessage(text, review, accept);
    if (choice === review) await vscode.commands.executeCommand('orchestrate.review.focus');
    if (choice === accept) await this.#acceptAll();
  }
}
