import * as vscode from 'vscode';
import { Name } from '../../protocol/ids.ts';
import { mistakeInKey } from '../plain/mistake-in-key.ts';
import * as window from '../plain/window.ts';

const { t } = vscode.l10n;

const URL_PATTERN = /^https?:\/\/[^\s/]+/;

export function askUrl(label: string, value: string): Thenable<string | undefined> {
  return window.showInputBox({
    title: t('{0}: address', label),
    prompt: t('The base URL, up to and with its version, such as https://models.example.com/v1'),
    value,
    ignoreFocusOut: true,
    validateInput: typed => (isUrl(typed.trim()) ? undefined : t('Write a URL that begins with http:// or https://.')),
  });
}

const isUrl = (text: string) => URL_PATTERN.test(text) && URL.canParse(text);

/** Undefined: the person went away; empty: there is none. */
export function askKey(label: string, needed: boolean, keysAt?: string): Thenable<string | undefined> {
  return window.showInputBox({
    title: t('{0}: API key', label),
    prompt: [
      t('It is kept in the secret storage of this editor, never in a file of the workspace.'),
      needed ? '' : t('Leave it empty where the server asks for none.'),
      keysAt ? t('Keys: {0}', keysAt) : '',
    ]
      .filter(Boolean)
      .join(' '),
    password: true,
    ignoreFocusOut: true,
    validateInput: typed => (!needed && typed === '' ? undefined : mistakeInKey(typed)),
  });
}

/** A name under which settings and routes know it. */
export function askName(value: string, taken: ReadonlySet<string>): Thenable<string | undefined> {
  return window.showInputBox({
    title: t('Its name'),
    prompt: t('Routes and settings call it so.'),
    value,
    ignoreFocusOut: true,
    validateInput: typed => {
      if (!Name.safeParse(typed).success) return t('Use letters, digits, "-", "_" or ".".');
      return taken.has(typed) ? t('There is a provider of that name already: it would be replaced.') : undefined;
    },
  });
}

export interface Rates {
  input: number;
  output: number;
}

/** What the models cost; `free` where they cost nothing. */
export async function askPrice(models: readonly string[]): Promise<Rates | 'free' | undefined> {
  const free = t('It costs nothing');
  const paid = t('Enter its price...');
  const picked = await window.showQuickPick(
    [
      { label: free, description: t('no budget applies to it') },
      { label: paid, description: t('US dollars for a million tokens') },
    ],
    {
      title: t('What does it cost?'),
      placeHolder: t(
        'The price of {0} is not known, and without one it cannot be kept within a budget.',
        models.join(', '),
      ),
      ignoreFocusOut: true,
    },
  );
  if (!picked) return undefined;
  if (picked.label === free) return 'free';
  const typed = await window.showInputBox({
    title: t('What does it cost?'),
    prompt: t('US dollars for a million tokens of prompt, and of answer, such as: 1.25 10'),
    ignoreFocusOut: true,
    validateInput: text => (ratesIn(text) ? undefined : t('Write two amounts, such as: 1.25 10')),
  });
  return typed === undefined ? undefined : ratesIn(typed);
}

function ratesIn(text: string): Rates | undefined {
  const amounts = text
    .replaceAll('$', '')
    .trim()
    .split(/[\s,;/]+/)
    .map(Number);
  const [input = Number.NaN, output = Number.NaN] = amounts;
  return amounts.length === 2 && input >= 0 && output >= 0 ? { input, output } : undefined;
}

/** Which of its models agents may work with. */
export async function askModels(
  label: string,
  models: readonly { id: string; tools?: boolean; contextTokens?: number }[],
  usual: readonly string[],
): Promise<string[] | undefined> {
  const only = models.length === 1;
  const items = models.map(({ id, tools, contextTokens }) => ({
    label: id,
    description: [
      contextTokens === undefined ? '' : t('{0}k tokens of context', Math.round(contextTokens / 1000)),
      tools === false ? t('calls no tools') : '',
    ]
      .filter(Boolean)
      .join(' · '),
    picked: only || usual.includes(id),
  }));
  const picked = await window.showQuickPicks(items, {
    title: t('{0}: models', label),
    placeHolder: t('Which of them may agents work with?'),
    ignoreFocusOut: true,
    matchOnDescription: true,
  });
  return picked?.map(({ label }) => label);
}

/** A model of a server that lists none. */
export function askModelId(label: string): Thenable<string | undefined> {
  return window.showInputBox({
    title: t('{0}: model', label),
    prompt: t('The server lists no models. Write the name of the one to use.'),
    ignoreFocusOut: true,
    validateInput: typed => (/^\S+$/.test(typed.trim()) ? undefined : t('Write a name without spaces.')),
  });
}

/** Something did not work: what now? */
export async function askHowOn<C extends string>(
  label: string,
  problem: string,
  choices: { [K in C]?: string },
): Promise<C | undefined> {
  const picked = await window.showQuickPick(
    (Object.entries(choices) as [C, string][]).map(([choice, text]) => ({ label: text, choice })),
    { title: label, placeHolder: problem, ignoreFocusOut: true },
  );
  return picked?.choice;
}
