import * as vscode from 'vscode';
import { beneath } from '../core/changes/beneath.ts';
import { lineDiff } from '../core/changes/diff.ts';
import type { FileVersion, SearchQuery, WorkspaceFiles, WriteResult } from '../core/ports.ts';
import { hashOf } from '../node/hash.ts';
import { findEditorsRipgrep, findRipgrep } from '../node/ripgrep.ts';
import { NodeWorkspace } from '../node/workspace.ts';
import type { Hash, RelPath } from '../protocol/ids.ts';
import type { Drafts } from './drafts.ts';

const linesOf = (text: string): string[] => text.match(/[^\r\n]*(\r\n|\r|\n)|[^\r\n]+$/g) ?? [];

/** The text has no other line ends than this. */
const hasOnly = (text: string, eol: string) =>
  eol === '\r\n' ? !/\r(?!\n)|(^|[^\r])\n/.test(text) : !text.includes('\r');

/**
 * The workspace as the editor has it: where a document is open, its text counts, saved or not, and writes land in it, so
 * that they can be undone and nothing the user typed is lost. What is not saved stays so: the file beneath takes over what
 * was written alone. Everything else is on disk.
 */
export class EditorWorkspace implements WorkspaceFiles {
  readonly root: string;
  readonly #disk: WorkspaceFiles;
  readonly #folder: vscode.Uri;
  readonly #drafts: Drafts;
  readonly #writing = new Map<RelPath, number>();

  static async open(folder: vscode.Uri, drafts: Drafts): Promise<EditorWorkspace> {
    const ripgrep = (await findEditorsRipgrep(vscode.env.appRoot)) ?? (await findRipgrep());
    return new EditorWorkspace(folder, drafts, { ripgrep });
  }

  private constructor(folder: vscode.Uri, drafts: Drafts, options: { ripgrep: string | undefined }) {
    this.#folder = folder;
    this.#drafts = drafts;
    this.#disk = new NodeWorkspace(folder.fsPath, {
      ...options,
      unsaved: () => this.#unsaved(),
    });
    this.root = this.#disk.root;
  }

  /** Whether a document is changing by our hand right now, not by the user's. */
  isWriting(path: RelPath): boolean {
    return this.#writing.has(path);
  }

  resolve(path: string, access: 'read' | 'write') {
    return this.#disk.resolve(path, access);
  }

  async read(path: RelPath, signal?: AbortSignal): Promise<FileVersion | undefined> {
    const document = this.#document(path);
    if (!document?.isDirty) return this.#disk.read(path, signal);
    return this.#version(await bytesOf(document, document.getText()));
  }

  writtenAt(path: RelPath): Promise<number | undefined> {
    return this.#disk.writtenAt(path);
  }

  sizeOf(path: RelPath): Promise<number | undefined> {
    return this.#disk.sizeOf(path);
  }

  async write(path: RelPath, bytes: Uint8Array, expected: Hash | null, signal?: AbortSignal): Promise<WriteResult> {
    return this.#asWriting(path, async () => {
      const document = this.#document(path);
      if (!document) return this.#disk.write(path, bytes, expected, signal);
      const { version } = document;
      const draft = document.getText();
      const standing = await this.read(path, signal);
      const actual = standing?.hash ?? null;
      if (actual !== expected) return { ok: false, reason: 'stale', actual };
      const text = (await vscode.workspace.decode(bytes, { encoding: document.encoding })).replace(/^\uFEFF/, '');
      const wasDirty = document.isDirty;
      if (!wasDirty && !(await this.#canGoThrough(document, text, bytes, standing))) {
        return this.#disk.write(path, bytes, expected, signal);
      }
      signal?.throwIfAborted();
      // Whoever typed meanwhile is not overwritten.
      const isThere = document.version === version && (await vscode.workspace.applyEdit(editTo(document, text)));
      if (!isThere) {
        return { ok: false, reason: 'stale', actual: (await this.read(path, signal))?.hash ?? null };
      }
      if (wasDirty) {
        const failed = await this.#writeBeneath(path, document, draft, text, signal);
        if (failed) return failed;
      } else if (!(await document.save())) {
        return { ok: false, reason: 'failed', message: `the editor could not save ${path}` };
      }
      return { ok: true, hash: (await this.read(path, signal))?.hash ?? null };
    });
  }

  async remove(path: RelPath, expected: Hash, signal?: AbortSignal): Promise<WriteResult> {
    return this.#asWriting(path, async () => {
      const actual = (await this.read(path, signal))?.hash ?? null;
      if (actual !== expected) return { ok: false, reason: 'stale', actual };
      signal?.throwIfAborted();
      const edit = new vscode.WorkspaceEdit();
      edit.deleteFile(this.#uri(path), { ignoreIfNotExists: true });
      // To the trash where there is one; the editor can undo it.
      if (await vscode.workspace.applyEdit(edit)) return { ok: true, hash: null };
      const onDisk = await this.#disk.read(path, signal);
      return onDisk ? this.#disk.remove(path, onDisk.hash, signal) : { ok: true, hash: null };
    });
  }

  missingFolders(path: RelPath): Promise<RelPath[]> {
    return this.#disk.missingFolders(path);
  }

  removeEmpty(folder: RelPath): Promise<boolean> {
    return this.#disk.removeEmpty(folder);
  }

  list(options: Parameters<WorkspaceFiles['list']>[0]) {
    return this.#disk.list(options);
  }

  folders(options: Parameters<WorkspaceFiles['folders']>[0]) {
    return this.#disk.folders(options);
  }

  search(query: SearchQuery, signal?: AbortSignal) {
    return this.#disk.search(query, signal);
  }

  /** Brings to the disk what has been written into a document with unsaved text. Undefined when that is done. */
  async #writeBeneath(
    path: RelPath,
    document: vscode.TextDocument,
    draft: string,
    next: string,
    signal: AbortSignal | undefined,
  ): Promise<WriteResult | undefined> {
    for (;;) {
      const saved = await this.#disk.read(path, signal);
      // It may have been deleted beneath, or saved by its user meanwhile.
      if (!saved || !document.isDirty) return undefined;
      const { encoding } = document;
      const text = (await vscode.workspace.decode(saved.bytes, { encoding })).replace(/^\uFEFF/, '');
      // Bytes that no text stands for are not to be lost.
      if (hashOf(await bytesOf(document, text)) !== saved.hash) return undefined;
      const lines = beneath({ saved: linesOf(text), draft: linesOf(draft), next: linesOf(next) });
      const bytes = await bytesOf(document, lines.join(''));
      const written = await this.#drafts.beneath(document, {
        standing: saved.bytes,
        bytes,
        write: () => this.#disk.write(path, bytes, saved.hash, signal),
      });
      if (written.ok) return undefined;
      if (written.reason !== 'stale') return written;
    }
  }

  /** An open document stands for its file if it shows that very content and can show the new one. */
  async #canGoThrough(
    document: vscode.TextDocument,
    text: string,
    bytes: Uint8Array,
    standing: FileVersion | undefined,
  ): Promise<boolean> {
    const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
    if (!standing || !hasOnly(text, eol)) return false;
    const [shown, next] = await Promise.all([bytesOf(document, document.getText()), bytesOf(document, text)]);
    return hashOf(shown) === standing.hash && hashOf(next) === hashOf(bytes);
  }

  async #asWriting<T>(path: RelPath, run: () => Promise<T>): Promise<T> {
    this.#writing.set(path, (this.#writing.get(path) ?? 0) + 1);
    try {
      return await run();
    } finally {
      const left = (this.#writing.get(path) ?? 1) - 1;
      if (left > 0) this.#writing.set(path, left);
      else this.#writing.delete(path);
    }
  }

  #version(bytes: Uint8Array): FileVersion {
    return { bytes, hash: hashOf(bytes) };
  }

  #unsaved(): Map<RelPath, string> {
    const { scheme, authority, path } = this.#folder;
    const base = path.endsWith('/') ? path : `${path}/`;
    const dirty = vscode.workspace.textDocuments.filter(
      ({ isClosed, isDirty, uri }) =>
        !isClosed && isDirty && uri.scheme === scheme && uri.authority === authority && uri.path.startsWith(base),
    );
    return new Map(dirty.map(document => [document.uri.path.slice(base.length), document.getText()]));
  }

  #document(path: RelPath): vscode.TextDocument | undefined {
    const wanted = this.#uri(path).toString();
    return vscode.workspace.textDocuments.find(document => !document.isClosed && document.uri.toString() === wanted);
  }

  #uri(path: RelPath): vscode.Uri {
    return vscode.Uri.joinPath(this.#folder, path);
  }
}

const bytesOf = (document: vscode.TextDocument, text: string) =>
  vscode.workspace.encode(text, { encoding: document.encoding });

/** The smallest edit by lines: cursors, folds and what else hangs on the other lines stay in place. */
function editTo(document: vscode.TextDocument, text: string): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  const old = linesOf(document.getText());
  const lines = linesOf(text);
  for (const { from, removed, to, added } of lineDiff(old, lines)) {
    const range = document.validateRange(new vscode.Range(from, 0, from + removed, 0));
    edit.replace(document.uri, range, lines.slice(to, to + added).join(''));
  }
  return edit;
}
