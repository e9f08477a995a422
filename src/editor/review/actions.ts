import * as vscode from 'vscode';
import type { DecideOptions, Refused, Selector, Views } from '../../core/changes/decisions.ts';
import type { RelPath } from '../../protocol/ids.ts';
import * as window from '../plain/window.ts';
import type { ReviewModel } from './model.ts';
import { filesAnd } from './words.ts';

/** What a button or command is about, as it was when it was shown. */
export interface Target {
  selector: Selector;
  views: Views;
}

const { t } = vscode.l10n;

/** Accepts and rejects for the user: asks where a decision would cost something, and says what was not done. */
export class ReviewActions {
  readonly #model: ReviewModel;

  constructor(model: ReviewModel) {
    this.#model = model;
  }

  async accept(target: Target): Promise<boolean> {
    const result = await this.#model.session?.changes.accept(target.selector, target.views);
    return result !== undefined && this.#report(result.refused);
  }

  async reject(target: Target, options: DecideOptions = {}): Promise<boolean> {
    const { session } = this.#model;
    const result = await session?.changes.reject(target.selector, target.views, options);
    if (!session || !result) return false;
    this.#offerToMend(
      result.done.map(({ path }) => path),
      options,
    );
    const edited = result.refused.filter(({ reason }) => reason === 'edited');
    if (edited.length > 0 && options.edits === undefined) return this.#askAboutEdits(target, options, edited);
    const built = result.refused.filter(({ reason }) => reason === 'built-on');
    if (built.length > 0 && !options.force) return this.#askAboutOthers(target, options, built);
    return this.#report(result.refused);
  }

  /** With words for the agent: they stand in the journal, and while its session runs the team takes them from there. */
  async rejectWithReason(target: Target): Promise<boolean> {
    const running = this.#model.session?.sendFixRound !== undefined;
    const reason = await window.showInputBox({
      title: t('Reject with a Reason'),
      prompt: running
        ? t('The agent gets this and does it again.')
        : t('The session is over: its team does it again if you want that.'),
      placeHolder: t('For example: keep the public function names as they were'),
      ignoreFocusOut: true,
      validateInput: text => (text.trim() === '' ? t('Say what should be different.') : undefined),
    });
    return reason === undefined ? false : this.reject(target, { reason: reason.trim() });
  }

  /** While the session runs, the team takes rejections from its journal by itself. */
  #offerToMend(paths: readonly RelPath[], { reason }: DecideOptions): void {
    const { session } = this.#model;
    if (!session || session.sendFixRound || session.state.rehearsal || reason === undefined || paths.length === 0)
      return;
    const send = t('Send Back');
    const text = t('The session is over. Should it go back to work and do this again, with your reason?');
    const mend = paths.map(path => ({ path, reason }));
    void window.showInformationMessage(text, send).then(choice => {
      if (choice !== send) return undefined;
      return vscode.commands.executeCommand('orchestrate.askForMore', { session: session.state.session, mend });
    });
  }

  async #askAboutEdits(target: Target, options: DecideOptions, refused: Refused[]): Promise<boolean> {
    const keep = t('Reject, Keep My Lines');
    const discard = t('Reject with My Edits');
    const choice = await window.showWarningMessage(
      t('You have edited some of these changes.'),
      { modal: true, detail: `${pathsOf(refused)}\n\n${t('What should become of your own edits inside of them?')}` },
      keep,
      discard,
    );
    if (choice === undefined) return false;
    const again = narrowed(this.#model, target, refused);
    return this.reject(again, { ...options, edits: choice === keep ? 'keep' : 'discard' });
  }

  async #askAboutOthers(target: Target, options: DecideOptions, refused: Refused[]): Promise<boolean> {
    const others = this.#model.named(refused.flatMap(({ by }) => by));
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
    return this.reject(narrowed(this.#model, target, refused), { ...options, force: true });
  }

  /** True when all was done. */
  #report(refused: readonly Refused[]): boolean {
    if (refused.length === 0) return true;
    const paths = pathsOf(refused);
    const failed = refused.filter(({ reason }) => reason === 'failed');
    if (failed.length > 0) {
      const messages = failed.map(({ path, message }) => `${path}: ${message}`).join('\n');
      void window.showErrorMessage(t('Some changes could not be decided. {0}', messages));
    } else {
      void window.showInformationMessage(
        t('{0} moved since you looked, so nothing was done there. It is shown as it is now.', paths),
      );
    }
    return false;
  }

  /** Files that are looked at together: the whole session's, an agent's, a task's. */
  targetOf(selector: Selector): Target {
    return { selector, views: this.#model.session?.changes.views(selector) ?? new Map() };
  }

  /** Asks once before many files go. */
  async confirmed(selector: Selector): Promise<boolean> {
    const paths = new Set(this.targetOf(selector).views.keys());
    const files = this.#model.files.filter(file => paths.has(file.path));
    const hunks = files.reduce((sum, file) => sum + file.hunks, 0);
    const reject = t('Reject All');
    const choice = await window.showWarningMessage(
      t('Reject everything that waits for review?'),
      { modal: true, detail: filesAnd(files.length, hunks) },
      reject,
    );
    return choice === reject;
  }
}

const pathsOf = (refused: readonly { path: RelPath }[]) => [...new Set(refused.map(({ path }) => path))].join(', ');

/** Only what was refused, as it stands now: what the rest was is done. */
function narrowed(model: ReviewModel, { selector }: Target, refused: readonly Refused[]): Target {
  const paths = new Set(refused.map(({ path }) => path));
  const views = [...(model.session?.changes.views() ?? [])].filter(([path]) => paths.has(path));
  return { selector, views: new Map(views) };
}
