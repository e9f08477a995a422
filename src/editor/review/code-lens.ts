import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import { plain } from '../plain/text.ts';
import type { Baselines } from './baselines.ts';
import { named, type ReviewModel } from './model.ts';
import { changesOf } from './words.ts';

const { t } = vscode.l10n;

/**
 * "Accept | Reject | Reject with a Reason… | from frontend-specialist (model)" above every pending hunk, in files and in
 * diffs; where there are several in a file, above its first line what decides them together.
 */
export class HunkLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #model: ReviewModel;
  readonly #baselines: Baselines;

  constructor(model: ReviewModel, baselines: Baselines) {
    this.#model = model;
    this.#baselines = baselines;
    const everywhere = [{ scheme: model.folder.scheme }, { scheme: baselines.scheme }];
    this.#store.add(vscode.languages.registerCodeLensProvider(everywhere, this));
    this.#store.add(model.onDidChange(() => this.#changed.fire()));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    // A deleted file has its lenses on the empty side of its diff.
    const path = this.#model.pathOf(document.uri) ?? this.#baselines.pathOfNothing(document.uri);
    if (path === undefined) return [];
    const hunks = this.#model.hunksAt(path);
    const each = hunks.flatMap(at => {
      const { file, hunk } = at;
      const range = document.validateRange(new vscode.Range(hunk.current.start, 0, hunk.current.start, 0));
      const author = named(file.session, hunk.authors);
      const from = hunk.edited ? t('from {0}, edited by you', author) : t('from {0}', author);
      const lens = (title: string, command: string) => lensAt(range, title, command, this.#model.targetOf(at));
      return [
        lens(t('Accept'), 'acceptHunk'),
        lens(t('Reject'), 'rejectHunk'),
        lens(t('Reject with a Reason…'), 'rejectWithReasonHunk'),
        lens(plain(from), 'revealHunk'),
      ];
    });
    if (hunks.length < 2) return each;
    const top = new vscode.Range(0, 0, 0, 0);
    const uri = this.#model.uriOf(path);
    return [
      lensAt(top, t('{0} in this file', changesOf(hunks.length)), 'openDiff', uri),
      lensAt(top, t('Accept File'), 'acceptFile', uri),
      lensAt(top, t('Reject File'), 'rejectFile', uri),
      ...each,
    ];
  }

  dispose(): void {
    this.#store.dispose();
  }
}

const lensAt = (range: vscode.Range, title: string, command: string, about: unknown) =>
  new vscode.CodeLens(range, { title, command: `orchestrate.review.${command}`, arguments: [about] });
