import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { ReviewSession, ReviewSource } from './session.ts';

/** Holds the sessions under review: whoever runs or opens one puts it here. */
export class Reviews implements ReviewSource, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeSessions = this.#changed.event;
  #sessions: readonly ReviewSession[] = [];

  get sessions(): readonly ReviewSession[] {
    return this.#sessions;
  }

  /** Newest first. */
  show(sessions: readonly ReviewSession[]): void {
    const same = sessions.length === this.#sessions.length && sessions.every((one, i) => one === this.#sessions[i]);
    if (same) return;
    this.#sessions = sessions;
    this.#changed.fire();
  }

  dispose(): void {
    this.#sessions = [];
    this.#store.dispose();
  }
}
