import * as vscode from 'vscode';
import { plain } from './text.ts';

/*
 * The places of VS Code's window where a text can become a link or an icon, under the names that they have there. Whatever is
 * given is shown as text; icons of ours go into `iconPath`.
 */

type Shown = (text: string, options: vscode.MessageOptions, ...actions: string[]) => Thenable<string | undefined>;

function message(show: Shown) {
  function said(text: string, ...actions: string[]): Promise<string | undefined>;
  function said(text: string, options: vscode.MessageOptions, ...actions: string[]): Promise<string | undefined>;
  async function said(text: string, first?: string | vscode.MessageOptions, ...rest: string[]) {
    const options = typeof first === 'object' ? first : {};
    const actions = typeof first === 'string' ? [first, ...rest] : rest;
    const labels = actions.map(plain);
    const { detail } = options;
    const chosen = await show(
      plain(text),
      detail === undefined ? options : { ...options, detail: plain(detail) },
      ...labels,
    );
    return chosen === undefined ? undefined : actions[labels.indexOf(chosen)];
  }
  return said;
}

export const showInformationMessage = message((...args) => vscode.window.showInformationMessage(...args));
export const showWarningMessage = message((...args) => vscode.window.showWarningMessage(...args));
export const showErrorMessage = message((...args) => vscode.window.showErrorMessage(...args));

export function showInputBox(
  { title, prompt, placeHolder, validateInput, ...rest }: vscode.InputBoxOptions,
  token?: vscode.CancellationToken,
): Thenable<string | undefined> {
  const checked = async (typed: string) => {
    const found = await validateInput?.(typed);
    if (typeof found === 'string') return plain(found);
    return found && { ...found, message: plain(found.message) };
  };
  const options = {
    ...rest,
    ...(title !== undefined && { title: plain(title) }),
    ...(prompt !== undefined && { prompt: plain(prompt) }),
    ...(placeHolder !== undefined && { placeHolder: plain(placeHolder) }),
    ...(validateInput && { validateInput: checked }),
  };
  return vscode.window.showInputBox(options, token);
}

/** For what needs more than a question; its messages are to be texts of ours. */
export function createInputBox(texts: Record<'title' | 'prompt' | 'placeholder', string>): vscode.InputBox {
  const [title, prompt, placeholder] = [texts.title, texts.prompt, texts.placeholder].map(plain);
  return Object.assign(vscode.window.createInputBox(), { title, prompt, placeholder });
}

type Titled = Pick<vscode.QuickPickOptions, 'title' | 'placeHolder'>;

const titled = <Options extends Titled>({ title, placeHolder, ...rest }: Options) => ({
  ...rest,
  ...(title !== undefined && { title: plain(title) }),
  ...(placeHolder !== undefined && { placeHolder: plain(placeHolder) }),
});

/** The item as it is shown, with the one that was given. */
const shownOf = <Item extends vscode.QuickPickItem>(item: Item) => ({
  ...item,
  label: plain(item.label),
  ...(item.description !== undefined && { description: plain(item.description) }),
  ...(item.detail !== undefined && { detail: plain(item.detail) }),
  given: item,
});

export async function showQuickPick<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: vscode.QuickPickOptions,
  token?: vscode.CancellationToken,
): Promise<Item | undefined> {
  const picked = await vscode.window.showQuickPick(items.map(shownOf), titled(options), token);
  return picked?.given;
}

export async function showQuickPicks<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: vscode.QuickPickOptions,
): Promise<Item[] | undefined> {
  const picked = await vscode.window.showQuickPick(items.map(shownOf), { ...titled(options), canPickMany: true });
  return picked?.map(({ given }) => given);
}

type Told = vscode.Progress<{ message: string }>;

export function withProgress<T>(
  { title, ...options }: vscode.ProgressOptions,
  work: (progress: Told, token: vscode.CancellationToken) => Thenable<T>,
): Thenable<T> {
  return vscode.window.withProgress(
    { ...options, ...(title !== undefined && { title: plain(title) }) },
    (progress, token) => work({ report: ({ message }) => progress.report({ message: plain(message) }) }, token),
  );
}

/** For what has to know which item is looked at. */
export function createQuickPick<Item extends vscode.QuickPickItem>(
  texts: Record<'title' | 'placeholder', string>,
  items: readonly Item[],
): vscode.QuickPick<Item> {
  const [title, placeholder] = [texts.title, texts.placeholder].map(plain);
  return Object.assign(vscode.window.createQuickPick<Item>(), { title, placeholder, items: items.map(shownOf) });
}
