import * as vscode from 'vscode';
import type { ByHand } from '../../core/changes/changes.ts';
import type { LineEdit } from '../../core/changes/splice.ts';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import type { ReviewModel } from './model.ts';
import type { ReviewSession } from './session.ts';

/** How long after the last keystroke the journal learns what was typed, in ms. */
const IDLE = 1_500;

export interface TypingParts {
  /** Tells changes of a document that agents and decisions make from those of the user. */
  isOurs(path: RelPath): boolean;
  /** The user has taken changes out by hand. */
  rejected(session: ReviewSession, path: RelPath, what: ByHand): Promise<void>;
  failed(error: unknown): void;
}

/** What the user types moves hunks at once; the journal learns of it when the typing pauses, and of undo immediately. */
export class Typing implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #idle = new Map<RelPath, NodeJS.Timeout>();
  /** Edits of documents that had nothing unsaved: by the user if word comes that now they have, else from the disk. */
  readonly #unsure = new Map<RelPath, LineEdit>();
  readonly #parts: TypingParts;

  constructor(model: ReviewModel, parts: TypingParts) {
    this.#model = model;
    this.#parts = parts;
    this.#store.add(vscode.workspace.onDidChangeTextDocument(event => this.#changed(event)));
    this.#store.add(vscode.workspace.onDidSaveTextDocument(document => this.#soon(model.pathOf(document.uri), 0)));
    this.#store.add(
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.#renamed(oldUri, newUri);
      }),
    );
    // Whoever else writes: the terminal, another tool, a formatter.
    const watcher = this.#store.add(
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(model.folder, '**/*')),
    );
    // Of a folder that went there may be no word of the files in it.
    const onDisk = (uri: vscode.Uri) => {
      const changed = model.pathOf(uri);
      for (const path of changed === undefined ? [] : model.known()) {
        if (path === changed || path.startsWith(`${changed}/`)) this.#soon(path, 200);
      }
    };
    this.#store.add(watcher.onDidChange(onDisk));
    this.#store.add(watcher.onDidCreate(onDisk));
    this.#store.add(watcher.onDidDelete(onDisk));
    this.#store.add({
      dispose: () => {
        for (const timer of this.#idle.values()) clearTimeout(timer);
      },
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** A file, or all files in a folder. */
  #renamed(oldUri: vscode.Uri, newUri: vscode.Uri): void {
    const from = this.#model.pathOf(oldUri);
    const to = this.#model.pathOf(newUri);
    if (from === undefined || to === undefined) return;
    for (const { path, session } of this.#model.files) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      clearTimeout(this.#idle.get(path));
      session.changes.renamed(path, to + path.slice(from.length)).catch(this.#parts.failed);
    }
  }

  #changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const path = this.#model.pathOf(document.uri);
    if (path === undefined) return;
    this.#settle(path, document.isDirty);
    if (contentChanges.length === 0) return;
    if (this.#parts.isOurs(path)) {
      this.#soon(path, IDLE);
      return;
    }
    // Undo can bring back what was pending, even in a file whose review is over.
    if (reason !== undefined) this.#soon(path, 0);
    // What was pending comes back by other ways than undo, too: a checkout, a sync, the same text again.
    if (reason === undefined && this.#model.known().has(path)) this.#soon(path, IDLE);
    if (this.#model.filesAt(path).length > 0) {
      const edit = editOf(document, contentChanges);
      if (reason !== undefined) this.#typed(path, edit, false);
      else if (document.isDirty) this.#typed(path, edit, true);
      else this.#unsure.set(path, edit);
    }
  }

  /** What comes from the disk, by git for one, decides nothing; nor does an undo. */
  #typed(path: RelPath, edit: LineEdit, decides: boolean): void {
    const files = this.#model.filesAt(path);
    for (const { session } of files) session.changes.typed(path, edit, decides);
    const isFewer = this.#model.hunksAt(path).length < files.reduce((sum, file) => sum + file.hunks.length, 0);
    if (isFewer) this.#soon(path, 0);
  }

  #settle(path: RelPath, isUsers: boolean): void {
    const edit = this.#unsure.get(path);
    this.#unsure.delete(path);
    if (edit) this.#typed(path, edit, isUsers);
  }

  async #look(path: RelPath): Promise<void> {
    // Whatever came from the disk is seen there.
    this.#unsure.delete(path);
    for (const { session, rejected } of await this.#model.look(path)) {
      for (const one of rejected) void this.#parts.rejected(session, path, one);
    }
  }

  #soon(path: RelPath | undefined, delay: number): void {
    if (path === undefined) return;
    clearTimeout(this.#idle.get(path));
    this.#idle.set(
      path,
      setTimeout(() => {
        this.#idle.delete(path);
        void this.#look(path).catch(this.#parts.failed);
      }, delay),
    );
  }
}

/** All changes of one event as lines replaced in one place: only these are looked at. */
function editOf(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]) {
  let from = Number.POSITIVE_INFINITY;
  let end = 0;
  let grown = 0;
  for (const { range, text } of changes) {
    from = Math.min(from, range.start.line);
    end = Math.max(end, range.end.line);
    grown += (text.match(/\r\n|\r|\n/g)?.length ?? 0) - (range.end.line - range.start.line);
  }
  const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  const lines: string[] = [];
  for (let line = from; line <= end + grown && line < document.lineCount; line++) {
    const { text } = document.lineAt(line);
    const last = line === document.lineCount - 1;
    if (!last || text !== '') lines.push(last ? text : text + eol);
  }
  return { from, removed: end - from + 1, lines };
}
