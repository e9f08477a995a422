import * as vscode from 'vscode';
import type { Item, ItemStatus } from '../../core/station/contract.ts';
import type { MemberStanding } from '../../protocol/member.ts';

const { t } = vscode.l10n;

export function standingWord(standing: MemberStanding): string {
  const words: Record<MemberStanding, string> = {
    idle: t('idle'),
    'at-work': t('at work'),
    stuck: t('stuck'),
    parked: t('parked'),
    paused: t('paused'),
    'out-of-money': t('out of money'),
    'off-hours': t('off hours'),
  };
  return words[standing];
}

const STANDING_ICONS: Record<MemberStanding, [icon: string, colour: string]> = {
  idle: ['person', 'icon.foreground'],
  'at-work': ['loading~spin', 'charts.blue'],
  stuck: ['warning', 'charts.yellow'],
  parked: ['watch', 'charts.yellow'],
  paused: ['debug-pause', 'charts.yellow'],
  'out-of-money': ['credit-card', 'testing.iconFailed'],
  'off-hours': ['moon', 'disabledForeground'],
};

export const standingIcon = (standing: MemberStanding): vscode.ThemeIcon => icon(STANDING_ICONS[standing]);

const icon = ([name, colour]: [string, string]) => new vscode.ThemeIcon(name, new vscode.ThemeColor(colour));

export function itemWord(status: ItemStatus): string {
  const words: Record<ItemStatus, string> = {
    waiting: t('waiting'),
    held: t('held'),
    running: t('running'),
    done: t('done'),
    failed: t('failed'),
    removed: t('removed'),
  };
  return words[status];
}

const ITEM_ICONS: Record<ItemStatus, [icon: string, colour: string]> = {
  waiting: ['circle-large-outline', 'icon.foreground'],
  held: ['lock', 'charts.yellow'],
  running: ['loading~spin', 'charts.blue'],
  done: ['pass', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  removed: ['circle-slash', 'disabledForeground'],
};

export const itemIcon = (status: ItemStatus): vscode.ThemeIcon => icon(ITEM_ICONS[status]);

export const forWhom = (item: Item): string => item.target ?? (item.workflow ? t('workflow') : t('anyone'));
