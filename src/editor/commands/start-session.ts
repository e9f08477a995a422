import * as vscode from 'vscode';
import type { SessionController } from '../session-controller.ts';
import { requireReady } from '../workspace-readiness.ts';
import { begin } from './begin.ts';

const { t } = vscode.l10n;

/** Asks for the goal and begins. */
export async function startSession(controller: SessionController, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const goal = typeof given === 'string' && given.trim() !== '' ? given : await askGoal();
  if (goal !== undefined) await begin(controller, { kind: 'new', goal: goal.trim() });
}

/** A team of scripted models; all else is real. */
export async function startDemo(controller: SessionController): Promise<void> {
  if (await requireReady()) await begin(controller, { kind: 'demo' });
}

function askGoal(value = ''): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: t('Start Session'),
    prompt: t('What should the team achieve?'),
    placeHolder: t('For example: add a dark theme to the settings page, with tests'),
    value,
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? t('Say in a sentence what should be achieved.') : undefined),
  });
}
