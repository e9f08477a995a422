import * as vscode from 'vscode';
import type { RelPath } from '../../protocol/ids.ts';
import type { Diffs } from './diffs.ts';
import type { ReviewModel } from './model.ts';
import { activeUri } from './places.ts';

/** Goes from change to change, through all pending files and around again. */
export class Navigation {
  readonly #model: ReviewModel;
  readonly #diffs: Diffs;

  constructor(model: ReviewModel, diffs: Diffs) {
    this.#model = model;
    this.#diffs = diffs;
  }

  /** The first change there is, of these files if any are named. */
  async first(among: readonly RelPath[] = this.#model.paths): Promise<void> {
    const [path] = among;
    if (path !== undefined) await this.#diffs.open(path, this.#lines(path)[0]);
  }

  async go(direction: 1 | -1): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const uri = editor?.document.uri ?? activeUri();
    const path = uri && this.#diffs.pathShownIn(uri);
    const lines = path === undefined ? [] : this.#lines(path);
    // A tab that is just opening has no cursor yet; it opens at its first change.
    const line = editor?.selection.active.line ?? lines[0] ?? 0;
    const here = direction === 1 ? lines.find(one => one > line) : lines.findLast(one => one < line);
    if (path !== undefined && here !== undefined) await this.#show(path, here);
    else await this.#toFile(path, direction);
  }

  /** On to what comes next once a change at that line of a file has been decided. */
  async onward(path: RelPath, line: number): Promise<void> {
    const next = this.#lines(path).find(one => one >= line);
    if (next !== undefined) await this.#show(path, next);
    else await this.#toFile(path, 1);
  }

  /** Opens a file itself, at a line counted from 0. */
  async openFile(path: RelPath, line: number): Promise<void> {
    const at = new vscode.Position(line, 0);
    await vscode.window.showTextDocument(this.#model.uriOf(path), { selection: new vscode.Range(at, at) });
  }

  async #toFile(from: RelPath | undefined, direction: 1 | -1): Promise<void> {
    const { paths } = this.#model;
    if (paths.length === 0) return;
    const at = from === undefined ? -1 : paths.findIndex(one => one >= from);
    const isIn = from !== undefined && paths.includes(from);
    const start = direction === 1 ? (at < 0 ? 0 : at + (isIn ? 1 : 0)) : (at < 0 ? paths.length : at) - 1;
    const path = paths[(start + paths.length) % paths.length] as RelPath;
    const lines = this.#lines(path);
    await this.#show(path, (direction === 1 ? lines[0] : lines.at(-1)) ?? 0);
  }

  /** Whoever reviews in files stays in files, and who looks at all together stays there; else both sides are shown. */
  async #show(path: RelPath, line: number): Promise<void> {
    const { activeTextEditor: active, visibleTextEditors, tabGroups } = vscode.window;
    const shown = (editor: vscode.TextEditor | undefined) =>
      editor?.document.uri.toString() === this.#model.uriOf(path).toString();
    const inAll = this.#diffs.isAll(tabGroups.activeTabGroup.activeTab);
    const there = shown(active) ? active : inAll ? visibleTextEditors.find(shown) : undefined;
    if (there) return reveal(there, line);
    if (inAll) return;
    const isFile = tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputText;
    const isDeleted = this.#model.filesAt(path).some(({ change }) => change === 'deleted');
    if (isFile && active && this.#model.pathOf(active.document.uri) !== undefined && !isDeleted) {
      await this.openFile(path, line);
    } else await this.#diffs.open(path, line);
  }

  #lines(path: RelPath): number[] {
    return this.#model.hunksAt(path).map(({ hunk }) => hunk.current.start);
  }
}

function reveal(editor: vscode.TextEditor, line: number): void {
  const at = editor.document.validatePosition(new vscode.Position(line, 0));
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
