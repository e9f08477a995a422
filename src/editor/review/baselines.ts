import * as vscode from 'vscode';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import { documentText } from './document-text.ts';
import type { ReviewModel } from './model.ts';

const SCHEME = 'orchestrate-baseline';
const NOTHING = 'nothing';

/** What stood in pending files before the agents, as read-only documents for diffs and the gutter. */
export class Baselines implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  readonly scheme = SCHEME;
  readonly #model: ReviewModel;

  constructor(model: ReviewModel) {
    this.#model = model;
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.#store.add(
      model.onDidChange(moved => {
        for (const document of vscode.workspace.textDocuments) {
          if (document.uri.scheme !== SCHEME) continue;
          const path = this.pathOf(document.uri);
          if (path !== undefined && (moved === 'all' || moved.has(path))) this.#changed.fire(document.uri);
        }
      }),
    );
  }

  /** The baseline of a file; an empty document where there was none. */
  uriOf(path: RelPath): vscode.Uri {
    return this.#model.uriOf(path).with({ scheme: SCHEME, authority: '', query: '' });
  }

  /** An empty document in the place of a file that is gone. */
  nothingAt(path: RelPath): vscode.Uri {
    return this.uriOf(path).with({ query: NOTHING });
  }

  /** The deleted file whose empty side this is. */
  pathOfNothing(uri: vscode.Uri): RelPath | undefined {
    return uri.query === NOTHING ? this.pathOf(uri) : undefined;
  }

  pathOf(uri: vscode.Uri): RelPath | undefined {
    if (uri.scheme !== SCHEME) return undefined;
    const { scheme, authority } = this.#model.folder;
    return this.#model.pathOf(uri.with({ scheme, authority, query: '' }));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const path = this.pathOf(uri);
    if (path === undefined || uri.query === NOTHING) return '';
    // Loaded when the first one is shown: a window begins with little.
    const { commonBaseline } = await import('../../core/changes/common-baseline.ts');
    const bytes = await commonBaseline(
      path,
      this.#model.sessions.map(({ changes }) => changes),
    );
    // A file whose review is over no longer has one of its own: it is what stands there, so no difference is shown.
    if (bytes === undefined) return (await textAt(this.#model.uriOf(path))) ?? '';
    const text = bytes === null ? '' : await documentText(bytes);
    return text ?? vscode.l10n.t('This file is not text.');
  }

  dispose(): void {
    this.#store.dispose();
  }
}

async function textAt(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  } catch {
    return undefined;
  }
}
