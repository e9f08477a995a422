import { dirname, isAbsolute, relative } from 'node:path';
import * as vscode from 'vscode';
import { mention } from '../../core/mentions.ts';
import type { HandedImage } from '../../protocol/attached.ts';
import * as window from '../plain/window.ts';

const { t } = vscode.l10n;
const ENDINGS = ['png', 'jpg', 'jpeg', 'gif', 'webp'];

const folderOf = () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '.';

/** Files outside of the workspace that the person has chosen in this window; words alone choose none. */
const chosen = new Set<string>();

/** How a text names a file that the person has chosen: from the workspace on, or by its whole path. */
export function mentionOf({ fsPath }: vscode.Uri): string {
  chosen.add(fsPath);
  const inside = relative(folderOf(), fsPath);
  return mention(inside.startsWith('..') || isAbsolute(inside) ? fsPath : inside.replaceAll('\\', '/'));
}

/** Lets the person pick images; what names them in a text. */
export async function pickImages(): Promise<string> {
  const picked = await vscode.window.showOpenDialog({
    title: t('Images That Show What You Want'),
    openLabel: t('Attach'),
    canSelectMany: true,
    filters: { [t('Images')]: ENDINGS },
  });
  return (picked ?? []).map(mentionOf).join(' ');
}

/**
 * The images that a typed text names, and the text as the team reads it; undefined where one cannot be shown, which is said.
 * What lies outside of the workspace was chosen in this window, or pasted into this folder.
 */
export async function imagesIn(
  said: string,
  pasted?: string,
): Promise<{ text: string; images: HandedImage[] } | undefined> {
  const { imagesOf } = await import('../../node/handed-in.ts');
  const read = await imagesOf(said, folderOf(), {
    chosen: path => chosen.has(path) || (pasted !== undefined && dirname(path) === pasted),
  });
  if (read.ok && read.passedOver.length > 0)
    void window.showWarningMessage(
      t(
        'Outside of the workspace, and not shown to anybody: {0}. Attach it with the button.',
        read.passedOver.join(', '),
      ),
    );
  if (read.ok) return read;
  void window.showErrorMessage(read.message);
  return undefined;
}

export interface Asked {
  title: string;
  prompt: string;
  value?: string;
  /** What to say where nothing was typed; absent: nothing may be an answer. */
  empty?: string;
}

/** A line of text, with images that are picked by a button and named in it. */
export async function askWithImages(
  { title, prompt, value = '', empty }: Asked,
  token?: vscode.CancellationToken,
): Promise<string | undefined> {
  const box = window.createInputBox({ title, prompt, placeholder: '' });
  box.ignoreFocusOut = true;
  box.value = value;
  const parts: vscode.Disposable[] = [box, ...attachButton(box)];
  const typed = await new Promise<string | undefined>(resolve => {
    const mistake = () => (box.value.trim() === '' ? (empty ?? '') : '');
    parts.push(
      box.onDidChangeValue(() => {
        box.validationMessage = mistake();
      }),
      box.onDidAccept(() => {
        box.validationMessage = mistake();
        if (!box.validationMessage) resolve(box.value);
      }),
      box.onDidHide(() => box.enabled && resolve(undefined)),
      ...(token ? [token.onCancellationRequested(() => resolve(undefined))] : []),
    );
    if (token?.isCancellationRequested) resolve(undefined);
    else box.show();
  });
  for (const part of parts) part.dispose();
  return typed;
}

/** Puts a button on the box that picks images; while they are picked, the box is disabled, and may be hidden. */
export function attachButton(box: vscode.InputBox): vscode.Disposable[] {
  const attach = { iconPath: new vscode.ThemeIcon('file-media'), tooltip: t('Attach Images...') };
  box.buttons = [...box.buttons, attach];
  return [
    box.onDidTriggerButton(async button => {
      if (button !== attach) return;
      box.enabled = false;
      const named = await pickImages();
      box.enabled = true;
      if (named !== '') box.value = `${box.value.trimEnd()} ${named} `.trimStart();
      box.show();
    }),
  ];
}
