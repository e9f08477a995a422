import * as vscode from 'vscode';
import type { Hunk } from '../../core/changes/hunks.ts';
import { DisposableStore } from '../disposables.ts';
import { codeBlock, commandLink, md } from '../plain/markdown.ts';
import { markdownString } from '../plain/markdown-string.ts';
import { named, type ReviewModel, type WaitingHunks } from './model.ts';
import { kindOf } from './words.ts';

const { t } = vscode.l10n;
const DECISIONS = ['acceptHunk', 'rejectHunk', 'rejectWithReasonHunk'];
/** More lines of what was there before nobody reads in a hover. */
const MOST_LINES = 20;

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
    this.#store.add(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        // Read anew from disk: what stood on its lines has moved along with them. Typing is told by the model.
        if (document.isDirty || model.filesOf(document.uri).length === 0) return;
        for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) this.#decorate(editor);
      }),
    );
    for (const editor of vscode.window.visibleTextEditors) this.#decorate(editor);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #decorate(editor: vscode.TextEditor): void {
    if (this.#model.pathOf(editor.document.uri) === undefined) return;
    const files = this.#model.filesOf(editor.document.uri);
    const pending: vscode.DecorationOptions[] = [];
    const removed: vscode.DecorationOptions[] = [];
    for (const { file, hunk } of files.flatMap(file => file.hunks.map(hunk => ({ file, hunk })))) {
      const { start, count } = hunk.current;
      if (hunk.kind.startsWith('file-')) continue;
      if (count === 0) {
        const line = Math.min(Math.max(0, start - 1), editor.document.lineCount - 1);
        removed.push({
          range: editor.document.lineAt(line).range,
          hoverMessage: this.#hover(file, hunk),
          renderOptions: { after: { contentText: kindOf(hunk) } },
        });
      }
      for (const span of hunk.spans) {
        const range = new vscode.Range(span.start, 0, span.start + span.count - 1, Number.MAX_SAFE_INTEGER);
        pending.push({
          range: editor.document.validateRange(range),
          hoverMessage: this.#hover(file, hunk, span.by),
        });
      }
    }
    // Only an editor that stands by itself has a column.
    const inDiff = editor.viewColumn === undefined;
    editor.setDecorations(this.#pending, inDiff ? [] : pending);
    editor.setDecorations(this.#pendingInDiff, inDiff ? pending : []);
    editor.setDecorations(this.#removed, inDiff ? [] : removed);
  }

  #hover(file: WaitingHunks, hunk: Hunk, by?: Hunk['spans'][number]['by']): vscode.MarkdownString {
    const author = typeof by === 'object' ? [by] : hunk.authors;
    const who = by === 'user' ? t('You') : named(file.session, author);
    const [first] = author;
    const title = first?.task && file.session.state.tasks.get(first.task)?.task.title;
    const what = title ? `${kindOf(hunk)}: ${title}` : kindOf(hunk);
    const edited = hunk.edited ? ` ${t('(edited by you)')}` : '';
    const before = file.session.changes.replaced(file.path, hunk);
    const removed = before === '' ? '' : codeBlock(shortened(before), 'diff');
    const args = JSON.stringify([this.#model.targetOf({ file, hunk })]);
    const accept = commandLink(t('Accept'), 'orchestrate.review.acceptHunk', args);
    const reject = commandLink(t('Reject'), 'orchestrate.review.rejectHunk', args);
    const reason = commandLink(t('Reject with a Reason…'), 'orchestrate.review.rejectWithReasonHunk', args);
    const text = md`$(sparkle) **${who}** ${what + edited}${removed}\n\n${accept} · ${reject} · ${reason}`;
    return markdownString(
      text,
      DECISIONS.map(name => `orchestrate.review.${name}`),
    );
  }
}

/** What stood there before, as lines taken out. */
function shortened(before: string): string {
  const lines = before.replace(/\r?\n$/, '').split(/\r\n|\n|\r/);
  const shown = lines.slice(0, MOST_LINES).map(line => `- ${line}`);
  return [...shown, ...(lines.length > MOST_LINES ? ['…'] : [])].join('\n');
}
