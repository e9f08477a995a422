import { utimes } from 'node:fs/promises';
import * as vscode from 'vscode';
import { DisposableStore } from './disposables.ts';

interface Draft {
  /** When the file was last written before its user began to type, in ms; undefined where there was none. */
  since: Promise<number | undefined>;
  /** What we last wrote into the file meanwhile; undefined also where somebody else has. */
  written?: Uint8Array;
}

/**
 * Documents with unsaved text above files that are written meanwhile. VS Code lets nobody save over a file that is newer than
 * what it has read. Where all that is newer came from here and stands in the document, too, it needs not know.
 */
export class Drafts implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #drafts = new Map<string, Draft>();

  constructor() {
    for (const document of vscode.workspace.textDocuments) this.#note(document);
    this.#store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#note(document)));
    this.#store.add(vscode.workspace.onDidSaveTextDocument(({ uri }) => this.#drafts.delete(uri.toString())));
    this.#store.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#drafts.delete(uri.toString())));
    this.#store.add(
      vscode.workspace.onWillSaveTextDocument(event => event.waitUntil(this.#makeWay(event.document).catch(() => {}))),
    );
  }

  /** Writes a file beneath a document with unsaved text; `standing` is what the file holds now. */
  async beneath<T extends { ok: boolean }>(
    { uri }: vscode.TextDocument,
    { standing, bytes, write }: { standing: Uint8Array; bytes: Uint8Array; write: () => Promise<T> },
  ): Promise<T> {
    const draft = this.#drafts.get(uri.toString());
    const isOurs = draft && (isSame(draft.written, standing) || (await draft.since) === (await writtenAt(uri)));
    const result = await write();
    if (draft && result.ok) {
      if (isOurs) draft.written = bytes;
      else delete draft.written;
    }
    return result;
  }

  dispose(): void {
    this.#store.dispose();
  }

  #note({ uri, isDirty }: vscode.TextDocument): void {
    const key = uri.toString();
    if (!isDirty) this.#drafts.delete(key);
    else if (uri.scheme === 'file' && !this.#drafts.has(key)) this.#drafts.set(key, { since: writtenAt(uri) });
  }

  async #makeWay({ uri }: vscode.TextDocument): Promise<void> {
    const draft = this.#drafts.get(uri.toString());
    const since = await draft?.since;
    if (!draft?.written || since === undefined) return;
    if (isSame(draft.written, await vscode.workspace.fs.readFile(uri))) {
      await utimes(uri.fsPath, new Date(), new Date(since));
    }
  }
}

const isSame = (one: Uint8Array | undefined, other: Uint8Array) =>
  one !== undefined && Buffer.compare(one, other) === 0;

const writtenAt = (uri: vscode.Uri): Promise<number | undefined> =>
  Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    ({ mtime }) => mtime,
    () => undefined,
  );
