import * as vscode from 'vscode';
import { modelOf } from '../../protocol/model-ref.ts';
import { sheet } from '../sheet.ts';
import type { ModelLine, ProviderLine } from './lines.ts';
import {
  conditionIcon,
  conditionWord,
  describeModel,
  describeProvider,
  factsOfModel,
  factsOfProvider,
} from './words.ts';

const { t } = vscode.l10n;
const { Collapsed, None } = vscode.TreeItemCollapsibleState;

/** A row of the Providers view. The same thing is always the same object, so that a refresh moves nothing. */
export type ProviderNode =
  | { readonly kind: 'provider'; readonly id: string; line: ProviderLine }
  | { readonly kind: 'model'; readonly id: string; line: ModelLine };

const isNode = (given: unknown): given is ProviderNode =>
  typeof given === 'object' && given !== null && 'line' in given && 'kind' in given;

/** The provider that a command is about: a row of the view, or a name. */
export function providerNamed(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  return isNode(given) && given.kind === 'provider' ? given.line.name : undefined;
}

/** How a row is drawn and read aloud. Its tooltip is made when it is looked at. */
export function itemOf(node: ProviderNode): vscode.TreeItem {
  return node.kind === 'provider' ? providerItem(node.id, node.line) : modelItem(node.id, node.line);
}

export function tooltipOf(node: ProviderNode): vscode.MarkdownString {
  return node.kind === 'provider'
    ? sheet(node.line.label, factsOfProvider(node.line))
    : sheet(node.line.model, factsOfModel(node.line));
}

/** What is put on the clipboard: a model as routes name it, a provider with all that is known of it. */
export function copyOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.kind === 'model') return node.line.model;
  const { name, label, models } = node.line;
  const facts = (rows: [string, string | undefined][]) =>
    rows.flatMap(([fact, value]) => (value ? [`${fact}: ${value}`] : []));
  return [
    label === name ? name : `${label} (${name})`,
    ...facts(factsOfProvider(node.line)),
    ...models.map(line => `${line.model}: ${describeModel(line).whole}`),
  ].join('\n');
}

function providerItem(id: string, line: ProviderLine): vscode.TreeItem {
  const { label, condition, local, demo, models } = line;
  const item = new vscode.TreeItem(label, models.length > 0 ? Collapsed : None);
  const { shown, whole } = describeProvider(line);
  // A row that gets its first children is a new one for VS Code: it could not be opened otherwise.
  item.id = models.length > 0 ? `${id}/` : id;
  item.description = shown;
  item.iconPath = conditionIcon(condition, local);
  item.contextValue = ['provider', demo ? 'demo' : local ? 'local' : 'account', condition.kind].join(' ');
  item.accessibilityInformation = { label: [t('Provider {0}', label), ...whole.split(' · ')].join(', ') };
  return item;
}

function modelItem(id: string, line: ModelLine): vscode.TreeItem {
  const item = new vscode.TreeItem(modelOf(line.model), None);
  const { shown, whole } = describeModel(line);
  item.id = id;
  item.description = shown;
  item.iconPath = line.condition
    ? conditionIcon(line.condition, false)
    : new vscode.ThemeIcon('hubot', new vscode.ThemeColor('icon.foreground'));
  item.contextValue = 'model';
  const state = line.condition ? conditionWord(line.condition) : t('in use');
  item.accessibilityInformation = {
    label: [t('Model {0}', line.model), state, ...whole.split(' · ')].filter(Boolean).join(', '),
  };
  return item;
}
