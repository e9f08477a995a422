import type * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import { Drafts } from '../drafts.ts';
import type { EditorWorkspace } from '../workspace-files.ts';
import { Review } from './review.ts';
import { Reviews } from './sources.ts';

/** The review of one folder: the workspace that sessions write through, and the place to put the session under review. */
export class FolderReview implements vscode.Disposable {
  readonly reviews: Reviews;
  readonly #folder: vscode.Uri;
  readonly #store = new DisposableStore();
  /** From the beginning: what stood on disk when its user began to type cannot be told later. */
  readonly #drafts = this.#store.add(new Drafts());
  #workspace: EditorWorkspace | undefined;
  #opening: Promise<EditorWorkspace> | undefined;

  constructor(folder: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#folder = folder;
    this.reviews = this.#store.add(new Reviews(folder));
    const isOurs = (path: string) => this.#workspace?.isWriting(path) ?? false;
    this.#store.add(new Review({ source: this.reviews, isOurs, log }));
  }

  /** Sessions in this window read and write through it. Loaded when the first one needs it. */
  async workspace(): Promise<EditorWorkspace> {
    const { EditorWorkspace } = await import('../workspace-files.ts');
    this.#opening ??= EditorWorkspace.open(this.#folder, this.#drafts);
    this.#workspace = await this.#opening;
    return this.#workspace;
  }

  dispose(): void {
    this.#store.dispose();
  }
}
