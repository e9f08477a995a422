import * as vscode from 'vscode';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import { ReviewActions } from './actions.ts';
import { Baselines } from './baselines.ts';
import { HunkLenses } from './code-lens.ts';
import { Diffs } from './diffs.ts';
import { FileDecorations } from './file-decorations.ts';
import { Findings } from './findings.ts';
import { LineDecorations } from './line-decorations.ts';
import { ReviewModel } from './model.ts';
import { Navigation } from './navigate.ts';
import { DoneNotice } from './notice.ts';
import { Places } from './places.ts';
import { QuickDiff } from './quick-diff.ts';
import type { ReviewSource } from './session.ts';
import type { HunkTarget, Target } from './target.ts';
import { isReviewNode, ReviewTree, targetsOf } from './tree.ts';
import { Typing } from './typing.ts';

export interface ReviewParts {
  source: ReviewSource;
  /** Whether a document is changing by an agent's or a decision's hand right now. */
  isOurs: (path: RelPath) => boolean;
  log: vscode.LogOutputChannel;
}

const { t } = vscode.l10n;

/** The review in the editor: all views on the pending changes, and the commands to decide them. */
export class Review implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #actions: ReviewActions;
  readonly #tree: ReviewTree;
  readonly #diffs: Diffs;
  readonly #navigation: Navigation;
  readonly #places: Places;
  readonly #findings: Findings;
  readonly #log: vscode.LogOutputChannel;

  constructor({ source, isOurs, log }: ReviewParts) {
    this.#log = log;
    this.#model = this.#store.add(new ReviewModel(source));
    this.#actions = this.#store.add(new ReviewActions(this.#model));
    const baselines = this.#store.add(new Baselines(this.#model));
    this.#diffs = this.#store.add(new Diffs(this.#model, baselines));
    this.#navigation = new Navigation(this.#model, this.#diffs);
    this.#places = new Places(this.#model, this.#diffs);
    this.#tree = this.#store.add(new ReviewTree(this.#model));
    this.#findings = this.#store.add(new Findings(this.#model));
    this.#store.add(new HunkLenses(this.#model, baselines));
    this.#store.add(new LineDecorations(this.#model));
    this.#store.add(new FileDecorations(this.#model));
    this.#store.add(new QuickDiff(this.#model, baselines));
    this.#store.add(
      new Typing(this.#model, {
        isOurs,
        rejected: (session, path, what) => this.#actions.rejectedByHand(session, path, what),
        failed: error => log.error('A user edit could not be noted', error),
      }),
    );
    this.#store.add(
      new DoneNotice(this.#model, {
        review: ({ changes }) => this.#navigation.first(changes.pendingFiles().map(({ path }) => path)),
        acceptAll: session => this.#actions.accept(this.#model.targets({}, [session])),
      }),
    );
    this.#commands();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #commands(): void {
    const actions = this.#actions;
    const decide = (name: string, run: (targets: Target[]) => Promise<boolean>) => {
      this.#command(`${name}Hunk`, (...about) => this.#onHunk(about, run));
      this.#command(`${name}File`, about => this.#onFile(about, run));
      this.#command(`${name}Node`, node =>
        isReviewNode(node) ? run(targetsOf(node, this.#model)) : missing(t('Choose a row of the Review view first.')),
      );
    };
    decide('accept', targets => actions.accept(targets));
    decide('reject', targets => actions.reject(targets));
    decide('rejectWithReason', targets => actions.rejectWithReason(targets));
    const whenAny = (name: string, run: (about: unknown) => unknown) =>
      this.#command(name, about =>
        this.#model.paths.length > 0 ? run(about) : missing(t('Nothing waits for review.')),
      );
    whenAny('acceptAll', () => actions.accept(this.#model.targets()));
    whenAny('rejectAll', async () => {
      const targets = this.#model.targets();
      return (await actions.confirmed(targets)) && actions.reject(targets);
    });
    whenAny('open', session => this.#open(session));
    whenAny('nextChange', () => this.#navigation.go(1));
    whenAny('previousChange', () => this.#navigation.go(-1));
    whenAny('openAllDiffs', () => this.#diffs.openAll());
    this.#command('openDiff', about => this.#withFile(about, path => this.#diffs.open(path)));
    this.#command('openFile', about =>
      this.#withFile(about, path =>
        this.#navigation.openFile(path, this.#model.hunksAt(path)[0]?.hunk.current.start ?? 0),
      ),
    );
    this.#command('goToHunk', target => {
      const { path, line } = this.#places.hunks([target]) ?? {};
      return path === undefined ? undefined : this.#diffs.open(path, line);
    });
    this.#command('revealHunk', target => this.#tree.reveal(target as HunkTarget));
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
          : missing(t('Choose this on a finding, beside the lines that it is about.')),
      );
    onFinding('sendFindingBack', thread => this.#findings.sendBack(thread));
    onFinding('dismissFinding', thread => this.#findings.dismiss(thread));
  }

  #command(name: string, run: (...about: unknown[]) => unknown): void {
    const id = `orchestrate.review.${name}`;
    const guarded = async (...about: unknown[]) => {
      try {
        return await run(...about);
      } catch (error) {
        this.#log.error(`${id} failed`, error);
        throw error;
      }
    };
    this.#store.add(vscode.commands.registerCommand(id, guarded));
  }

  /** The first change: of a session, where one is named and something waits in it. */
  async #open(id: unknown): Promise<void> {
    const files = typeof id === 'string' ? this.#model.session(id)?.changes.pendingFiles() : undefined;
    await this.#navigation.first(files?.length ? files.map(({ path }) => path) : undefined);
  }

  /** Decides, and goes on to what comes next. */
  async #onHunk(about: unknown[], run: (targets: Target[]) => Promise<boolean>): Promise<boolean> {
    const place = this.#places.hunks(about);
    if (!place) return missing(t('No change waits for review at the cursor.'));
    const done = await run(place.targets);
    if (done) await this.#navigation.onward(place.path, place.line);
    return done;
  }

  async #onFile(about: unknown, run: (targets: Target[]) => Promise<boolean>): Promise<boolean> {
    const path = this.#places.path(about);
    const targets = path === undefined ? [] : this.#model.targets({ path });
    if (path === undefined || targets.length === 0) return missing(t('No change waits for review in this file.'));
    const isOpen = this.#places.path(undefined) === path;
    const done = await run(targets);
    if (done && isOpen) await this.#navigation.onward(path, 0);
    return done;
  }

  async #withFile(about: unknown, run: (path: RelPath) => Promise<void>): Promise<void> {
    const path = this.#places.path(about);
    if (path !== undefined && this.#model.filesAt(path).length > 0) await run(path);
    else missing(t('No change waits for review in this file.'));
  }
}

/** Says why nothing is done. */
function missing(text: string): false {
  void window.showInformationMessage(text);
  return false;
}
