import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { ReviewSession, ReviewSource } from './session.ts';

/** Holds the sessions under review: whoever runs or opens one puts it here. */
export class Reviews implements ReviewSource, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeSessions = this.#changed.event;
  readonly #folder: vscode.Uri;
  #all: readonly ReviewSession[] = [];
  #branch: string | undefined;

  constructor(folder: vscode.Uri) {
    this.#folder = folder;
  }

  /** Those that write in the folder itself; or the one whose branch is looked at. */
  get sessions(): readonly ReviewSession[] {
    const branch = this.#shown();
    return branch ? [branch] : this.#all.filter(({ state }) => !state.tree);
  }

  /** Where their files are. */
  get folder(): vscode.Uri {
    const tree = this.#shown()?.state.tree;
    return tree ? vscode.Uri.file(tree.path) : this.#folder;
  }

  /** Newest first. */
  show(sessions: readonly ReviewSession[]): void {
    const same = sessions.length === this.#all.length && sessions.every((one, i) => one === this.#all[i]);
    if (same) return;
    this.#all = sessions;
    this.#tell();
  }

  /** Whether what is shown is a branch, and not the workspace. */
  get showsBranch(): boolean {
    return this.#shown() !== undefined;
  }

  /** Reviews the branch of a session in its own working tree; undefined: the workspace again. False where nothing waits there. */
  showBranch(session: string | undefined): boolean {
    this.#branch = session;
    const found = session === undefined || this.#shown() !== undefined;
    if (!found) this.#branch = undefined;
    this.#tell();
    return found;
  }

  dispose(): void {
    this.#all = [];
    this.#store.dispose();
  }

  #shown(): ReviewSession | undefined {
    if (this.#branch === undefined) return undefined;
    return this.#all.find(({ state }) => state.session === this.#branch && state.tree);
  }

  #tell(): void {
    void vscode.commands.executeCommand('setContext', 'orchestrate.reviewsBranch', this.#shown() !== undefined);
    this.#changed.fire();
  }
}
