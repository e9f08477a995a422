import * as vscode from 'vscode';
import * as window from '../plain/window.ts';
import type { Goals } from './goals.ts';
import { attachButton } from './images.ts';

const { t } = vscode.l10n;

/** The goal in one line; `editor`: the person would rather write it there; undefined: they went away. */
export async function askGoal(goals: Goals): Promise<string | 'editor' | undefined> {
  const write = { iconPath: new vscode.ThemeIcon('edit'), tooltip: t('Write It in an Editor, on Several Lines') };
  const earlier = { iconPath: new vscode.ThemeIcon('history'), tooltip: t('Earlier Goals') };
  const box = window.createInputBox({
    title: t('Start Session'),
    prompt: t('What should the team achieve?'),
    placeholder: t('For example: add a dark theme to the settings page, with tests'),
  });
  box.ignoreFocusOut = true;
  box.value = goals.draft.includes('\n') ? '' : goals.draft;
  box.buttons = goals.earlier.length > 0 ? [earlier, write] : [write];
  const mistake = () => (box.value.trim() === '' ? t('Say in a sentence what should be achieved.') : '');
  const parts: vscode.Disposable[] = [box, ...attachButton(box)];
  const picked = await new Promise<'typed' | 'editor' | 'earlier' | undefined>(resolve => {
    parts.push(
      box.onDidChangeValue(() => {
        box.validationMessage = mistake();
      }),
      box.onDidAccept(() => {
        box.validationMessage = mistake();
        if (!box.validationMessage) resolve('typed');
      }),
      box.onDidTriggerButton(button => {
        if (button === write || button === earlier) resolve(button === write ? 'editor' : 'earlier');
      }),
      // While images are picked it is disabled.
      box.onDidHide(() => box.enabled && resolve(undefined)),
    );
    box.show();
  });
  const { value } = box;
  for (const part of parts) part.dispose();
  if (picked === 'editor' && value.trim() !== '') await goals.write(value);
  if (picked === 'editor') return 'editor';
  if (picked !== 'earlier') return picked && value.trim();
  const goal = await pickEarlier(goals);
  if (goal === undefined) return undefined;
  await goals.write(goal);
  return goal.includes('\n') ? 'editor' : askGoal(goals);
}

export async function pickEarlier(goals: Goals): Promise<string | undefined> {
  if (goals.earlier.length === 0) {
    void window.showInformationMessage(t('No goal was given in this workspace before.'));
    return undefined;
  }
  const items = goals.earlier.map(goal => {
    const [label = '', ...more] = goal.split('\n');
    return { label, detail: more.join(' ').trim(), goal };
  });
  const picked = await window.showQuickPick(items, {
    title: t('Earlier Goals'),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return picked?.goal;
}
