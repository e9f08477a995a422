import * as vscode from 'vscode';
import { consequences } from '../../core/session/consequences.ts';
import type { Origin } from '../../core/session/seal.ts';
import type { SessionState } from '../../core/session/state.ts';
import { visible } from '../../core/visible.ts';
import type { Adoption } from '../../node/session/adopt.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import { requireReady } from '../workspace-readiness.ts';
import { chooseSession } from './choose.ts';
import { fromElsewhereText } from './from-elsewhere.ts';

const { t } = vscode.l10n;
/** A dialog has room for so many lines; all of it is opened beside where there is more. */
const LINES = 24;

/** Makes a session from elsewhere the user's own, after showing what it would do. */
export async function adoptSession(controller: SessionController, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const foreign = t('There is no session from elsewhere.');
  const session = await chooseSession(controller, given, ({ origin }) => origin !== 'own', foreign);
  if (!session) return;
  const adopted = await (await controller.runtime()).adopt(session.id, agrees);
  await controller.look();
  if (!adopted.ok) return sayWhyNot(adopted);
  const resume = t('Resume');
  const text = t('The session is yours now: {0}', visible(session.state.goal || session.id));
  const choices = controller.find(session.id)?.resumable ? [resume] : [];
  if ((await window.showInformationMessage(text, ...choices)) === resume) {
    await vscode.commands.executeCommand('orchestrate.resumeSession', session.id);
  }
}

async function agrees(state: SessionState, origin: Exclude<Origin, 'own'>): Promise<boolean> {
  const lines = [fromElsewhereText(origin), '', t('Goal: {0}', visible(state.goal))];
  for (const { what, items } of consequences(state))
    lines.push('', `${what}:`, ...items.map(each => `• ${visible(each)}`));
  const adopt = t('Adopt');
  const message = t('Take this session over as yours?');
  if (lines.length <= LINES) {
    const detail = lines.join('\n');
    return (await window.showWarningMessage(message, { modal: true, detail }, adopt)) === adopt;
  }
  // Nothing of it may be out of sight when it is agreed to.
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: lines.join('\n') }));
  return (await window.showWarningMessage(message, t('Leave It'), adopt)) === adopt;
}

function sayWhyNot(adopted: Extract<Adoption, { ok: false }>): void {
  const text = whyNot(adopted);
  if (text !== undefined) void window.showWarningMessage(text);
}

function whyNot(adopted: Extract<Adoption, { ok: false }>): string | undefined {
  switch (adopted.reason) {
    case 'refused':
      return undefined;
    case 'own':
      return t('This session is yours already.');
    case 'owned':
      return t('This session is held by process {0}. Try again when that has ended.', adopted.owner.pid);
    case 'damaged':
      return t(
        'This session cannot be gone on with: line {0} of its journal is damaged. It can be looked at.',
        adopted.line,
      );
    case 'empty':
      return t('This session holds nothing that could be gone on with.');
  }
}
