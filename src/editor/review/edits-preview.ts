import * as vscode from 'vscode';
import type { OwnEdits } from '../../core/changes/decide.ts';
import type { DecideOptions, Selector } from '../../core/changes/decisions.ts';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import { documentText } from './document-text.ts';
import type { ReviewModel } from './model.ts';
import type { ReviewSession } from './session.ts';

const SCHEME = 'orchestrate-preview';
const { t } = vscode.l10n;

interface Choice extends vscode.QuickPickItem {
  edits: OwnEdits;
}

/** Asks what becomes of the user's own lines in a rejected change; what each choice makes of the file is shown first. */
export class EditsPreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #changed = this.#store.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  readonly #texts = new Map<string, string>();

  constructor(model: ReviewModel) {
    this.#model = model;
    this.#store.add(vscode.workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  async ask(
    session: ReviewSession,
    selector: Selector & { path: RelPath },
    options: DecideOptions,
  ): Promise<OwnEdits | undefined> {
    const { path } = selector;
    const choices: Choice[] = [
      {
        label: t('Keep My Lines'),
        detail: t('Takes out what the agent wrote; the lines that you wrote or changed stay.'),
        edits: 'keep',
      },
      {
        label: t('Discard My Edits'),
        detail: t('Takes out the agent’s lines and yours among them; what stood there before is back.'),
        edits: 'discard',
      },
    ];
    const title = t('Reject in {0}: You Have Edited This Change', path);
    const placeholder = t('What should become of your own edits in it?');
    const pick = window.createQuickPick({ title, placeholder }, choices);
    pick.ignoreFocusOut = true;
    const showing = pick.onDidChangeActive(([choice]) => {
      if (choice) void this.#show(session, selector, { ...options, edits: choice.edits }, choice.label);
    });
    try {
      return await new Promise(resolve => {
        pick.onDidAccept(() => resolve(pick.activeItems[0]?.edits));
        pick.onDidHide(() => resolve(undefined));
        pick.show();
      });
    } finally {
      showing.dispose();
      pick.dispose();
      await closePreviews();
      this.#texts.clear();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #show(
    session: ReviewSession,
    selector: Selector & { path: RelPath },
    options: DecideOptions,
    label: string,
  ): Promise<void> {
    const { path } = selector;
    const line = this.#model.hunksAt(path).find(({ hunk }) => hunk.edited)?.hunk.current.start ?? 0;
    const bytes = await session.changes.preview(selector, { ...options, force: true });
    if (bytes === undefined) return;
    const uri = this.#model.uriOf(path).with({ scheme: SCHEME, authority: '', query: options.edits ?? '' });
    this.#texts.set(uri.toString(), bytes === null ? '' : ((await documentText(bytes)) ?? ''));
    this.#changed.fire(uri);
    const name = path.slice(path.lastIndexOf('/') + 1);
    await vscode.commands.executeCommand(
      'vscode.diff',
      this.#model.uriOf(path),
      uri,
      t('{0} (now ↔ {1})', name, label),
      { preview: false, preserveFocus: true, selection: new vscode.Range(line, 0, line, 0) },
    );
  }
}

async function closePreviews(): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
  const isPreview = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputTextDiff && input.modified.scheme === SCHEME;
  await vscode.window.tabGroups.close(tabs.filter(isPreview), true);
}
