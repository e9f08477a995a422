import * as vscode from 'vscode';
import type { DeliveryLine, deploymentLines, Standing } from '../../core/delivery/lines.ts';
import { sheet } from '../sheet.ts';

const { t } = vscode.l10n;
const { Collapsed, None } = vscode.TreeItemCollapsibleState;

export type DeploymentLine = ReturnType<typeof deploymentLines>[number];
/** What is said of a delivery below its row. */
export interface Fact {
  name: string;
  value: string;
  icon?: string;
}

/** A row of the Delivery view. */
export type DeliveryNode =
  | { kind: 'delivery'; line: DeliveryLine }
  | { kind: 'fact'; of: string; fact: Fact }
  | { kind: 'deployment'; line: DeploymentLine };

export const isDeliveryNode = (given: unknown): given is Extract<DeliveryNode, { kind: 'delivery' }> =>
  typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'delivery' && 'line' in given;

const words: Record<Standing, () => string> = {
  opened: () => t('being made'),
  ready: () => t('ready'),
  checking: () => t('checking'),
  waiting: () => t('waits for you'),
  held: () => t('held'),
  conflicted: () => t('does not fit'),
  red: () => t('checks fail'),
  landed: () => t('landed'),
  dropped: () => t('taken out'),
};

const icons: Record<Standing, [icon: string, color?: string]> = {
  opened: ['loading~spin'],
  ready: ['git-branch'],
  checking: ['loading~spin'],
  waiting: ['bell-dot', 'notificationsInfoIcon.foreground'],
  held: ['lock'],
  conflicted: ['git-merge', 'notificationsErrorIcon.foreground'],
  red: ['error', 'notificationsErrorIcon.foreground'],
  landed: ['pass', 'testing.iconPassed'],
  dropped: ['circle-slash'],
};

const iconOf = ([name, color]: [string, string?]) =>
  new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));

export const standingWord = (standing: Standing): string => words[standing]();

/** Everything there is to say of a delivery, in the order in which people ask. */
export function factsOf(line: DeliveryLine): Fact[] {
  const { branch, base, target, files, checks, approvedBy, place, conflicts, landedOn, beside, note, pullRequest } =
    line;
  const facts: (Fact | undefined)[] = [
    { name: t('Branch'), value: branch, icon: 'git-branch' },
    { name: t('Base'), value: t('{0} of {1}', base.slice(0, 10), target), icon: 'git-commit' },
    { name: t('Changes'), value: files.join(', '), icon: 'diff-multiple' },
    ...checks.map(({ command, ok }) => ({
      name: ok ? t('Check passed') : t('Check failed'),
      value: command,
      icon: ok ? 'pass' : 'error',
    })),
    checks.length === 0 ? { name: t('Checks'), value: t('none have run'), icon: 'circle-outline' } : undefined,
    { name: t('Approval'), value: approvedBy ?? t('nobody yet'), icon: 'thumbsup' },
    place === undefined
      ? undefined
      : { name: t('Place'), value: t('{0} for {1}', place, target), icon: 'list-ordered' },
    ...conflicts.map(({ path, about }) => ({ name: t('Conflict in {0}', path), value: about, icon: 'warning' })),
    landedOn === undefined
      ? undefined
      : { name: t('Landed on'), value: beside ? t('{0}, beside {1}', landedOn, target) : landedOn, icon: 'pass' },
    note === undefined ? undefined : { name: t('Note'), value: note, icon: 'note' },
    pullRequest === undefined ? undefined : { name: t('Pull request'), value: pullRequest, icon: 'git-pull-request' },
  ];
  return facts.filter(fact => fact !== undefined);
}

export function itemOf(node: DeliveryNode): vscode.TreeItem {
  if (node.kind === 'fact') {
    const item = new vscode.TreeItem(node.fact.name, None);
    item.id = `${node.of}/${node.fact.name}/${node.fact.value}`;
    item.description = node.fact.value;
    item.tooltip = `${node.fact.name}: ${node.fact.value}`;
    if (node.fact.icon !== undefined) item.iconPath = new vscode.ThemeIcon(node.fact.icon);
    return item;
  }
  if (node.kind === 'deployment') return deploymentItem(node.line);
  const { line } = node;
  const { delivery, title, standing, target, beside, landedOn } = line;
  const item = new vscode.TreeItem(title, Collapsed);
  const where = landedOn === undefined ? t('for {0}', target) : t('on {0}', landedOn);
  item.id = delivery;
  item.description = [standingWord(standing), where].join(' · ');
  item.iconPath = iconOf(icons[standing]);
  item.contextValue = ['delivery', standing, beside ? 'beside' : ''].join(' ');
  item.accessibilityInformation = { label: [t('Delivery {0}', title), standingWord(standing), where].join(', ') };
  return item;
}

const outcomes: Record<NonNullable<DeploymentLine['last']['outcome']>, () => string> = {
  live: () => t('live'),
  failed: () => t('failed'),
  'rolled-back': () => t('rolled back'),
  'rollback-failed': () => t('roll-back failed'),
  unknown: () => t('cut off, nobody knows'),
};

function deploymentItem({ environment, last, live }: DeploymentLine): vscode.TreeItem {
  const item = new vscode.TreeItem(environment, None);
  const outcome = last.outcome ? outcomes[last.outcome]() : t('under way');
  item.id = `deployment/${environment}`;
  item.description = [outcome, last.commit.slice(0, 10)].join(' · ');
  item.iconPath = new vscode.ThemeIcon('rocket');
  item.contextValue = 'deployment';
  item.tooltip = sheet(environment, [
    [t('Last deployment'), `${last.commit.slice(0, 10)}, ${outcome}`],
    [t('Why'), last.why],
    [t('Live'), live?.slice(0, 10)],
  ]);
  item.accessibilityInformation = { label: [t('Environment {0}', environment), outcome].join(', ') };
  return item;
}
