import * as vscode from 'vscode';
import type { RelPath } from '../../protocol/ids.ts';
import type { ReviewModel } from './model.ts';

/** Goes from change to change, through all pending files and around again. */
export class Navigation {
  readonly #model: ReviewModel;

  constructor(model: ReviewModel) {
    this.#model = model;
  }

  async go(direction: 1 | -1): Promise<void> {
    const files = this.#model.files.filter(file => file.change !== 'deleted');
    if (files.length === 0) return;
    const editor = vscode.window.activeTextEditor;
    const path = editor && this.#model.pathOf(editor.document.uri);
    const line = editor?.selection.active.line ?? 0;
    const here = path === undefined ? undefined : this.#beside(path, line, direction);
    if (path !== undefined && here !== undefined) {
      await this.show(path, here);
      return;
    }
    const paths = files.map(file => file.path);
    const at = path === undefined ? -1 : paths.findIndex(one => one >= path);
    const isIn = path !== undefined && paths.includes(path);
    const start = direction === 1 ? (at < 0 ? 0 : at + (isIn ? 1 : 0)) : (at < 0 ? paths.length : at) - 1;
    const next = paths[(start + paths.length) % paths.length] as RelPath;
    const lines = this.#lines(next);
    await this.show(next, (direction === 1 ? lines[0] : lines.at(-1)) ?? 0);
  }

  /** Opens a file at a line, counted from 0. */
  async show(path: RelPath, line: number): Promise<void> {
    const at = new vscode.Position(line, 0);
    const uri = this.#model.uriOf(path);
    // Whoever reviews side by side stays there.
    const inDiff = vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff;
    const active = vscode.window.activeTextEditor;
    if (inDiff && active?.document.uri.toString() === uri.toString()) {
      active.selection = new vscode.Selection(at, at);
      active.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      return;
    }
    await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
  }

  #lines(path: RelPath): number[] {
    return this.#model.file(path)?.hunks.map(hunk => hunk.current.start) ?? [];
  }

  #beside(path: RelPath, line: number, direction: 1 | -1): number | undefined {
    const lines = this.#lines(path);
    return direction === 1 ? lines.find(one => one > line) : lines.findLast(one => one < line);
  }
}
