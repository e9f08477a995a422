import * as vscode from 'vscode';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import { ReviewActions, type Target } from './actions.ts';
import { Baselines } from './baselines.ts';
import { HunkLenses } from './code-lens.ts';
import { Diffs } from './diffs.ts';
import { FileDecorations } from './file-decorations.ts';
import { Findings } from './findings.ts';
import { LineDecorations } from './line-decorations.ts';
import { ReviewModel } from './model.ts';
import { Navigation } from './navigate.ts';
import { DoneNotice } from './notice.ts';
import { QuickDiff } from './quick-diff.ts';
import type { ReviewSource } from './session.ts';
import { type ReviewNode, ReviewTree, targetOf } from './tree.ts';
import { Typing } from './typing.ts';

export interface ReviewParts {
  source: ReviewSource;
  folder: vscode.Uri;
  /** Whether a document is changing by an agent's or a decision's hand right now. */
  isOurs: (path: RelPath) => boolean;
  log: vscode.LogOutputChannel;
}

/** A hunk as a button of it names it. */
interface HunkTarget {
  path: RelPath;
  hunk: string;
  view: string;
}

/** The review in the editor: all views on the pending changes, and the commands to decide them. */
export class Review implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #actions: ReviewActions;
  readonly #tree: ReviewTree;
  readonly #diffs: Diffs;
  readonly #navigation: Navigation;
  readonly #findings: Findings;
  readonly #log: vscode.LogOutputChannel;

  constructor({ source, folder, isOurs, log }: ReviewParts) {
    this.#log = log;
    this.#model = this.#store.add(new ReviewModel(source, folder));
    this.#actions = new ReviewActions(this.#model);
    const baselines = this.#store.add(new Baselines(this.#model));
    this.#diffs = new Diffs(this.#model, baselines);
    this.#navigation = new Navigation(this.#model);
    this.#tree = this.#store.add(new ReviewTree(this.#model));
    this.#findings = this.#store.add(new Findings(this.#model));
    this.#store.add(new HunkLenses(this.#model));
    this.#store.add(new LineDecorations(this.#model));
    this.#store.add(new FileDecorations(this.#model));
    this.#store.add(new QuickDiff(this.#model, baselines));
    this.#store.add(new Typing(this.#model, isOurs, error => log.error('A user edit could not be noted', error)));
    this.#store.add(new DoneNotice(this.#model, () => this.#actions.accept(this.#actions.targetOf({}))));
    this.#commands();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #commands(): void {
    const actions = this.#actions;
    const decide = (name: string, run: (target: Target) => Promise<boolean>) => {
      this.#command(`${name}Hunk`, target => this.#onHunk(target as HunkTarget | undefined, run));
      this.#command(`${name}File`, uri => this.#onFile(uri as vscode.Uri | undefined, run));
      this.#command(`${name}Node`, node =>
        isReviewNode(node)
          ? run(targetOf(node, actions))
          : missing(vscode.l10n.t('Choose a row of the Review view first.')),
      );
    };
    decide('accept', target => actions.accept(target));
    decide('reject', target => actions.reject(target));
    decide('rejectWithReason', target => actions.rejectWithReason(target));
    const whenAny = (name: string, run: () => unknown) =>
      this.#command(name, () => (this.#model.files.length > 0 ? run() : missing(nothingWaits())));
    whenAny('acceptAll', () => actions.accept(actions.targetOf({})));
    whenAny('rejectAll', async () => (await actions.confirmed({})) && actions.reject(actions.targetOf({})));
    whenAny('nextChange', () => this.#navigation.go(1));
    whenAny('previousChange', () => this.#navigation.go(-1));
    whenAny('openAllDiffs', () => this.#diffs.openAll());
    this.#command('openDiff', about => this.#openDiff(about as RelPath | vscode.Uri | ReviewNode | undefined));
    this.#command('openFile', about => this.#openFile(about as vscode.Uri | ReviewNode | undefined));
    this.#command('goToHunk', target => this.#goTo(target as HunkTarget));
    this.#command('revealHunk', target => {
      const { path, hunk } = target as HunkTarget;
      return this.#tree.reveal(path, hunk);
    });
    this.#command('groupByTask', () => {
      this.#tree.grouping = 'task';
    });
    this.#command('groupByAgent', () => {
      this.#tree.grouping = 'agent';
    });
    const onFinding = (name: string, run: (thread: vscode.CommentThread) => Promise<void>) =>
      this.#command(name, thread =>
        this.#findings.of(thread as vscode.CommentThread)
          ? run(thread as vscode.CommentThread)
          : missing(vscode.l10n.t('Choose this on a finding, beside the lines that it is about.')),
      );
    onFinding('sendFindingBack', thread => this.#findings.sendBack(thread));
    onFinding('dismissFinding', thread => this.#findings.dismiss(thread));
  }

  #command(name: string, run: (about: unknown) => unknown): void {
    const id = `orchestrate.review.${name}`;
    const guarded = async (about: unknown) => {
      try {
        return await run(about);
      } catch (error) {
        this.#log.error(`${id} failed`, error);
        throw error;
      }
    };
    this.#store.add(vscode.commands.registerCommand(id, guarded));
  }

  /** The hunk that a button names, or the one at the cursor. */
  async #onHunk(named: HunkTarget | undefined, run: (target: Target) => Promise<boolean>): Promise<boolean> {
    const target = isHunkTarget(named) ? named : this.#atCursor();
    if (!target) return missing(vscode.l10n.t('No change waits for review at the cursor.'));
    const { path, hunk, view } = target;
    return run({ selector: { path, hunks: [hunk] }, views: new Map([[path, view]]) });
  }

  async #onFile(uri: vscode.Uri | undefined, run: (target: Target) => Promise<boolean>): Promise<boolean> {
    const path = this.#pathOf(uri);
    const file = path === undefined ? undefined : this.#model.file(path);
    if (!file) return missing(vscode.l10n.t('No change waits for review in this file.'));
    return run({ selector: { path: file.path }, views: new Map([[file.path, file.view]]) });
  }

  #atCursor(): HunkTarget | undefined {
    const editor = vscode.window.activeTextEditor;
    const file = editor && this.#model.fileOf(editor.document.uri);
    const line = editor?.selection.active.line ?? 0;
    const hunk = file?.hunks.find(
      ({ current }) =>
        line >= Math.min(current.start, editor?.document.lineCount ?? 0) &&
        line < current.start + Math.max(1, current.count),
    );
    return file && hunk && { path: file.path, hunk: hunk.id, view: file.view };
  }

  /** Also of a baseline, and of the file that is open. */
  #pathOf(about: RelPath | vscode.Uri | ReviewNode | { resourceUri: vscode.Uri } | undefined): RelPath | undefined {
    if (typeof about === 'string') return about;
    if (about && 'kind' in about) return about.kind === 'group' ? undefined : about.file.path;
    if (about && 'resourceUri' in about) return this.#pathOf(about.resourceUri);
    const uri = about ?? activeUri();
    return (
      uri &&
      this.#model.pathOf(
        uri.with({ scheme: this.#model.folder.scheme, authority: this.#model.folder.authority, query: '' }),
      )
    );
  }

  async #openDiff(about: RelPath | vscode.Uri | ReviewNode | undefined): Promise<void> {
    const path = this.#pathOf(about);
    if (path !== undefined && this.#model.file(path)) await this.#diffs.open(path);
    else missing(vscode.l10n.t('No change waits for review in this file.'));
  }

  async #openFile(about: vscode.Uri | ReviewNode | undefined): Promise<void> {
    const path = this.#pathOf(about);
    if (path === undefined) return void missing(vscode.l10n.t('No change waits for review in this file.'));
    await this.#navigation.show(path, this.#model.file(path)?.hunks[0]?.current.start ?? 0);
  }

  async #goTo({ path, hunk }: HunkTarget): Promise<void> {
    const file = this.#model.file(path);
    if (file?.change === 'deleted') await this.#diffs.open(path);
    else await this.#navigation.show(path, file?.hunks.find(({ id }) => id === hunk)?.current.start ?? 0);
  }
}

/** Menus pass whatever they are about: only what a hunk's own button passes is one. */
const isHunkTarget = (about: unknown): about is HunkTarget =>
  typeof about === 'object' && about !== null && 'hunk' in about && 'view' in about && 'path' in about;

const isReviewNode = (about: unknown): about is ReviewNode =>
  typeof about === 'object' &&
  about !== null &&
  'kind' in about &&
  ['group', 'file', 'hunk'].includes(String(about.kind));

const nothingWaits = () => vscode.l10n.t('Nothing waits for review.');

/** Says why nothing is done. */
function missing(text: string): false {
  void window.showInformationMessage(text);
  return false;
}

function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}
