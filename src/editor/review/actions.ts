import * as vscode from 'vscode';
import type { ByHand } from '../../core/changes/changes.ts';
import type { DecideOptions, Refused } from '../../core/changes/decisions.ts';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import type { EditsPreview } from './edits-preview.ts';
import { named, type ReviewModel } from './model.ts';
import type { ReviewSession } from './session.ts';
import type { Target } from './target.ts';
import { changesOf, filesAnd } from './words.ts';

const { t } = vscode.l10n;

/** Accepts and rejects for the user: asks where a decision would cost something, and says what was not done. */
export class ReviewActions implements vscode.Disposable {
  readonly #model: ReviewModel;
  readonly #store = new DisposableStore();
  #preview: EditsPreview | undefined;

  constructor(model: ReviewModel) {
    this.#model = model;
  }

  /** True when all was done. */
  async accept(targets: readonly Target[]): Promise<boolean> {
    const refused: Refused[] = [];
    for (const { session, selector, views } of targets)
      refused.push(...(await session.changes.accept(selector, views)).refused);
    return targets.length > 0 && report(refused);
  }

  /** The newest session first: it may have built on what the others did. True when all was done. */
  async reject(targets: readonly Target[], options: DecideOptions = {}): Promise<boolean> {
    let all = targets.length > 0;
    for (const target of targets) {
      const done = await this.#rejectIn(target, options);
      all &&= done;
    }
    return all;
  }

  /** With words for the agent: they stand in the journal, and while its session runs the team takes them from there. */
  async rejectWithReason(targets: readonly Target[]): Promise<boolean> {
    const running = targets.some(({ session }) => session.sendFixRound);
    const reason = await askReason(running);
    return reason === undefined ? false : this.reject(targets, { reason });
  }

  /** The user took changes out with other means, such as the arrow of a diff: a rejection like any other. */
  async rejectedByHand(session: ReviewSession, path: RelPath, { hunks, authors }: ByHand): Promise<void> {
    const add = t('Add a Reason…');
    const text = t('Rejected {0} in {1}.', changesOf(hunks.length), path);
    if ((await window.showInformationMessage(text, add)) !== add) return;
    const reason = await askReason(session.sendFixRound !== undefined);
    if (reason === undefined) return;
    const [author] = authors;
    if (!session.sendFixRound || !author) return this.#offerToMend(session, [path], reason);
    const { agent, task } = author;
    await session.sendFixRound({ agent, path, text: reason, ...(task !== undefined && { task }) });
  }

  /** Asks once before many files go. */
  async confirmed(targets: readonly Target[]): Promise<boolean> {
    const files = targets.flatMap(({ session, views }) =>
      session.changes.pendingFiles().filter(({ path }) => views.has(path)),
    );
    const hunks = files.reduce((sum, file) => sum + file.hunks, 0);
    const paths = new Set(files.map(({ path }) => path));
    const reject = t('Reject All');
    const choice = await window.showWarningMessage(
      t('Reject everything that waits for review?'),
      { modal: true, detail: filesAnd(paths.size, hunks) },
      reject,
    );
    return choice === reject;
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** Loaded when the first one is shown: a window begins with little. */
  async #previews(): Promise<EditsPreview> {
    const { EditsPreview } = await import('./edits-preview.ts');
    this.#preview ??= this.#store.add(new EditsPreview(this.#model));
    return this.#preview;
  }

  async #rejectIn(target: Target, options: DecideOptions): Promise<boolean> {
    const { session, selector, views } = target;
    const { done, refused } = await session.changes.reject(selector, views, options);
    const paths = done.map(({ path }) => path);
    // What other sessions have in these files stands elsewhere now.
    for (const path of paths) await this.#model.look(path);
    if (options.reason !== undefined) this.#offerToMend(session, paths, options.reason);
    let all = true;
    for (const file of refused.filter(({ reason }) => reason === 'edited')) {
      const edits = await (await this.#previews()).ask(session, { ...selector, path: file.path }, options);
      const rejected = edits && (await this.#rejectIn(narrowed(target, [file]), { ...options, edits }));
      all &&= rejected === true;
    }
    const built = refused.filter(({ reason }) => reason === 'built-on');
    if (built.length > 0 && !options.force) {
      const rejected = await this.#askAboutOthers(target, options, built);
      all &&= rejected;
    }
    const asked = new Set(['edited', ...(options.force ? [] : ['built-on'])]);
    return report(refused.filter(({ reason }) => !asked.has(reason))) && all;
  }

  /** While the session runs, the team takes rejections from its journal by itself. */
  #offerToMend({ state, sendFixRound }: ReviewSession, paths: readonly RelPath[], reason: string): void {
    if (sendFixRound || paths.length === 0) return;
    const send = t('Send Back');
    const text = t('The session is over. Should it go back to work and do this again, with your reason?');
    const mend = paths.map(path => ({ path, reason }));
    void window.showInformationMessage(text, send).then(choice => {
      if (choice !== send) return undefined;
      return vscode.commands.executeCommand('orchestrate.askForMore', { session: state.session, mend });
    });
  }

  async #askAboutOthers(target: Target, options: DecideOptions, refused: Refused[]): Promise<boolean> {
    const others = named(
      target.session,
      refused.flatMap(({ by }) => by),
    );
    const both = t('Reject Both');
    const choice = await window.showWarningMessage(
      t('{0} built on this work.', others),
      {
        modal: true,
        detail: `${pathsOf(refused)}\n\n${t('Rejecting it takes their changes in the same lines out, too.')}`,
      },
      both,
    );
    if (choice === undefined) return false;
    return this.#rejectIn(narrowed(target, refused), { ...options, force: true });
  }
}

async function askReason(running: boolean): Promise<string | undefined> {
  const reason = await window.showInputBox({
    title: t('Reject with a Reason'),
    prompt: running
      ? t('The agent gets this and does it again.')
      : t('The session is over: its team does it again if you want that.'),
    placeHolder: t('For example: keep the public function names as they were'),
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? t('Say what should be different.') : undefined),
  });
  return reason?.trim();
}

/** True when nothing was refused. */
function report(refused: readonly Refused[]): boolean {
  if (refused.length === 0) return true;
  const failed = refused.filter(({ reason }) => reason === 'failed');
  if (failed.length > 0) {
    const messages = failed.map(({ path, message }) => `${path}: ${message}`).join('\n');
    void window.showErrorMessage(t('Some changes could not be decided. {0}', messages));
  } else {
    void window.showInformationMessage(
      t('{0} moved since you looked, so nothing was done there. It is shown as it is now.', pathsOf(refused)),
    );
  }
  return false;
}

const pathsOf = (refused: readonly { path: RelPath }[]) => [...new Set(refused.map(({ path }) => path))].join(', ');

/** Only what was refused, as it stands now: what the rest was is done. */
function narrowed({ session, selector }: Target, refused: readonly Refused[]): Target {
  const paths = new Set(refused.map(({ path }) => path));
  const views = [...session.changes.views()].filter(([path]) => paths.has(path));
  return { session, selector, views: new Map(views) };
}
