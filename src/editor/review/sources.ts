import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { ReviewSession, ReviewSource } from './session.ts';

/** Holds the session under review: whoever runs or opens one puts it here. */
export class Reviews implements ReviewSource, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCurrent = this.#changed.event;
  #current: ReviewSession | undefined;

  get current(): ReviewSession | undefined {
    return this.#current;
  }

  show(session: ReviewSession | undefined): void {
    if (session === this.#current) return;
    this.#current = session;
    this.#changed.fire();
  }

  dispose(): void {
    this.#current = undefined;
    this.#store.dispose();
  }
}
