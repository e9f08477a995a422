import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import type { ReviewModel } from './model.ts';
import type { ReviewSession } from './session.ts';
import { waiting } from './words.ts';

export interface NoticeActions {
  review(session: ReviewSession): Promise<unknown>;
  acceptAll(session: ReviewSession): Promise<unknown>;
}

/** Says once, when a session is done, how much of it waits for review. */
export class DoneNotice implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #actions: NoticeActions;
  /** Sessions seen at work: only their end is news. */
  readonly #running = new Set<string>();

  constructor(model: ReviewModel, actions: NoticeActions) {
    this.#model = model;
    this.#actions = actions;
    this.#store.add(model.onDidChange(() => this.#look()));
    this.#look();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #look(): void {
    for (const session of this.#model.sessions) {
      const { state, told } = session;
      if (told) continue;
      if (state.status !== 'ended') this.#running.add(state.session);
      else if (this.#running.delete(state.session)) void this.#tell(session);
    }
  }

  async #tell(session: ReviewSession): Promise<void> {
    const files = session.changes.pendingFiles();
    if (files.length === 0) return;
    const review = vscode.l10n.t('Review');
    const accept = vscode.l10n.t('Accept All');
    const hunks = files.reduce((sum, file) => sum + file.hunks, 0);
    const choice = await window.showInformationMessage(`${waiting(files.length, hunks)}.`, review, accept);
    // Meanwhile the same session may be held in another way.
    const now = this.#model.session(session.state.session) ?? session;
    if (choice === review) await this.#actions.review(now);
    if (choice === accept) await this.#actions.acceptAll(now);
  }
}
