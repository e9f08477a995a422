import * as vscode from 'vscode';
import type { FileReview } from '../../core/changes/changes.ts';
import type { Hunk } from '../../core/changes/hunks.ts';
import { DisposableStore } from '../disposables.ts';
import { commandLink, md } from '../plain/markdown.ts';
import { markdownString } from '../plain/markdown-string.ts';
import type { ReviewModel } from './model.ts';
import { kindOf } from './words.ts';

/** Pending lines stand out, and say on hovering who wrote them; lines taken out leave a mark. */
export class LineDecorations implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #pending = this.#store.add(
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor('orchestrate.pendingLineBackground'),
      overviewRulerColor: new vscode.ThemeColor('orchestrate.pendingForeground'),
      overviewRulerLane: vscode.OverviewRulerLane.Center,
      borderColor: new vscode.ThemeColor('orchestrate.pendingLineBorder'),
      borderStyle: 'solid',
      borderWidth: '0 0 0 2px',
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    }),
  );
  /** In a diff, VS Code's own colours say what changed: there is only an edge to tell that it waits. */
  readonly #pendingInDiff = this.#store.add(
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      borderColor: new vscode.ThemeColor('orchestrate.pendingLineBorder'),
      borderStyle: 'solid',
      borderWidth: '0 0 0 2px',
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    }),
  );
  readonly #removed = this.#store.add(
    vscode.window.createTextEditorDecorationType({
      overviewRulerColor: new vscode.ThemeColor('orchestrate.pendingForeground'),
      overviewRulerLane: vscode.OverviewRulerLane.Center,
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      after: {
        color: new vscode.ThemeColor('editorCodeLens.foreground'),
        fontStyle: 'italic',
        margin: '0 0 0 3em',
      },
    }),
  );

  constructor(model: ReviewModel) {
    this.#model = model;
    this.#store.add(
      model.onDidChange(moved => {
        for (const editor of vscode.window.visibleTextEditors) {
          const path = model.pathOf(editor.document.uri);
          if (path !== undefined && (moved === 'all' || moved.has(path))) this.#decorate(editor);
        }
      }),
    );
    this.#store.add(
      vscode.window.onDidChangeVisibleTextEditors(editors => {
        for (const editor of editors) this.#decorate(editor);
      }),
    );
    for (const editor of vscode.window.visibleTextEditors) this.#decorate(editor);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #decorate(editor: vscode.TextEditor): void {
    if (this.#model.pathOf(editor.document.uri) === undefined) return;
    const file = this.#model.fileOf(editor.document.uri);
    const pending: vscode.DecorationOptions[] = [];
    const removed: vscode.DecorationOptions[] = [];
    for (const hunk of file?.hunks ?? []) {
      const { start, count } = hunk.current;
      if (hunk.kind.startsWith('file-')) continue;
      if (count === 0) {
        const line = Math.min(Math.max(0, start - 1), editor.document.lineCount - 1);
        removed.push({
          range: editor.document.lineAt(line).range,
          hoverMessage: this.#hover(file as FileReview, hunk),
          renderOptions: { after: { contentText: kindOf(hunk) } },
        });
      }
      for (const span of hunk.spans) {
        const range = new vscode.Range(span.start, 0, span.start + span.count - 1, Number.MAX_SAFE_INTEGER);
        pending.push({
          range: editor.document.validateRange(range),
          hoverMessage: this.#hover(file as FileReview, hunk, span.by),
        });
      }
    }
    // Only an editor that stands by itself has a column.
    const inDiff = editor.viewColumn === undefined;
    editor.setDecorations(this.#pending, inDiff ? [] : pending);
    editor.setDecorations(this.#pendingInDiff, inDiff ? pending : []);
    editor.setDecorations(this.#removed, inDiff ? [] : removed);
  }

  #hover(file: FileReview, hunk: Hunk, by?: Hunk['spans'][number]['by']): vscode.MarkdownString {
    const author = typeof by === 'object' ? [by] : hunk.authors;
    const who = by === 'user' ? vscode.l10n.t('You') : this.#model.named(author);
    const [first] = author;
    const title = first?.task && this.#model.session?.state.tasks.get(first.task)?.task.title;
    const what = title ? `${kindOf(hunk)}: ${title}` : kindOf(hunk);
    const edited = hunk.edited ? ` ${vscode.l10n.t('(edited by you)')}` : '';
    const args = JSON.stringify([{ path: file.path, hunk: hunk.id, view: file.view }]);
    const accept = commandLink(vscode.l10n.t('Accept'), 'orchestrate.review.acceptHunk', args);
    const reject = commandLink(vscode.l10n.t('Reject'), 'orchestrate.review.rejectHunk', args);
    const text = md`$(sparkle) **${who}** ${what + edited}\n\n${accept} · ${reject}`;
    return markdownString(text, ['orchestrate.review.acceptHunk', 'orchestrate.review.rejectHunk']);
  }
}
