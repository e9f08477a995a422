import * as vscode from 'vscode';
import type { Hunk } from '../../core/changes/hunks.ts';
import type { RelPath } from '../../protocol/ids.ts';
import type { Diffs } from './diffs.ts';
import type { ReviewModel, WaitingHunks } from './model.ts';
import { isHunkTarget, type Target } from './target.ts';
import { isReviewNode } from './tree.ts';

/** A change as the gutter's peek hands it over; lines are counted from 1, an end of 0 stands for no line. */
interface LineChange {
  modifiedStartLineNumber: number;
  modifiedEndLineNumber: number;
}

interface Placed {
  file: WaitingHunks;
  hunk: Hunk;
}

/** Tells what a button, a menu or a key is about, from whatever VS Code passes along. */
export class Places {
  readonly #model: ReviewModel;
  readonly #diffs: Diffs;

  constructor(model: ReviewModel, diffs: Diffs) {
    this.#model = model;
    this.#diffs = diffs;
  }

  /** The hunks that a button names, those of a change in the gutter's peek, or the one at the cursor; and where. */
  hunks(about: readonly unknown[]): { targets: Target[]; path: RelPath; line: number } | undefined {
    const [first, changes, index] = about;
    if (isHunkTarget(first)) {
      const { path, hunk: id, view } = first;
      const session = this.#model.session(first.session);
      const at = this.#model.hunksAt(path).find(({ file, hunk }) => file.session === session && hunk.id === id);
      const targets = session && [{ session, selector: { path, hunks: [id] }, views: new Map([[path, view]]) }];
      return targets && { targets, path, line: at?.hunk.current.start ?? 0 };
    }
    const isPeek = first instanceof vscode.Uri && Array.isArray(changes) && typeof index === 'number';
    const found = isPeek ? this.#ofChange(first, changes[index] as LineChange) : this.#atCursor();
    const [one] = found;
    if (!one) return undefined;
    const targets = found.map(({ file, hunk }) => ({
      session: file.session,
      selector: { path: file.path, hunks: [hunk.id] },
      views: new Map([[file.path, file.view]]),
    }));
    return { targets, path: one.file.path, line: one.hunk.current.start };
  }

  /** A file, from a row, a tab, a resource of the source control view, or the open one. */
  path(about: unknown): RelPath | undefined {
    if (typeof about === 'string') return about;
    if (isReviewNode(about)) return about.kind === 'file' || about.kind === 'hunk' ? about.file.path : undefined;
    if (about instanceof vscode.Uri) return this.#diffs.pathShownIn(about) ?? this.#open();
    if (typeof about === 'object' && about !== null && 'resourceUri' in about) return this.path(about.resourceUri);
    return this.#open();
  }

  #open(): RelPath | undefined {
    const uri = activeUri();
    return uri && this.#diffs.pathShownIn(uri);
  }

  #ofChange(uri: vscode.Uri, { modifiedStartLineNumber: from, modifiedEndLineNumber: to }: LineChange): Placed[] {
    const path = this.#model.pathOf(uri);
    if (path === undefined) return [];
    return this.#model.hunksAt(path).filter(({ hunk }) => {
      const { start, count } = hunk.current;
      if (to === 0 || count === 0) return to === 0 && count === 0 && start === from;
      return start + 1 <= to && start + count >= from;
    });
  }

  #atCursor(): Placed[] {
    const editor = vscode.window.activeTextEditor;
    const path = editor && this.#diffs.pathShownIn(editor.document.uri);
    if (!editor || path === undefined) return [];
    const line = editor.selection.active.line;
    const isBefore = this.#model.pathOf(editor.document.uri) === undefined;
    const at = this.#model.hunksAt(path).find(({ hunk }) => {
      const { start, count } = isBefore && hunk.kind !== 'file-deleted' ? hunk.base : hunk.current;
      return line >= Math.min(start, editor.document.lineCount - 1) && line < start + Math.max(1, count);
    });
    return at ? [at] : [];
  }
}

/** The document that the tab in front is about. */
export function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}
