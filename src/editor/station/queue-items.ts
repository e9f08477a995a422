import * as vscode from 'vscode';
import { oneLine } from '../../core/plain.ts';
import { delay, obstacle } from '../../core/station/choose.ts';
import type { Item, Run, StationState } from '../../core/station/contract.ts';
import { ended } from '../../core/station/fold/queue.ts';
import { type QueueLine, queueLines } from '../../core/station/queue-lines.ts';
import { showTime } from '../../core/station/show-time.ts';
import { showDuration, showMoney } from '../../protocol/show.ts';
import { sheet } from '../sheet.ts';
import { forWhom, itemIcon, itemWord } from './words.ts';

const { t } = vscode.l10n;
const { Collapsed, None } = vscode.TreeItemCollapsibleState;

/** A row of the Queue view. The same thing is always the same object, so that a refresh moves nothing. */
export type QueueNode =
  | { readonly kind: 'item'; readonly id: string; readonly item: string }
  | { readonly kind: 'history'; readonly id: string }
  | { readonly kind: 'more'; readonly id: string };

export const isQueueItem = (given: unknown): given is Extract<QueueNode, { kind: 'item' }> =>
  typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'item' && 'item' in given;

/** What is not over, in the order in which it is worked on. */
export const openLines = (state: StationState, now: number): QueueLine[] =>
  queueLines(state, now).filter(({ item }) => !ended(item));

/** What is over, the newest first. */
export const endedItems = (state: StationState): Item[] => [...state.items.values()].filter(ended).reverse();

export interface Drawn {
  state: StationState;
  line: QueueLine;
  now: number;
  /** Whether somebody works on the queue. */
  runs: boolean;
}

const firstLine = (text: string) => oneLine(text.trim().split('\n')[0] ?? '');
const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 39).trimEnd()}…` : text);

export function runOf(state: StationState, { runs }: Item): Run | undefined {
  const last = runs.at(-1);
  return last === undefined ? undefined : state.runs.get(last);
}

const joined = (parts: (string | false | undefined)[]) => parts.filter(part => part).join(' · ');

export function itemRow(drawn: Drawn): vscode.TreeItem {
  const { item } = drawn.line;
  const row = new vscode.TreeItem(shortened(firstLine(item.text)), None);
  const said = standing(drawn);
  row.label = joined([said.ahead, shortened(firstLine(item.text))]);
  row.description = joined(said.beside);
  row.iconPath =
    said.asks === true
      ? new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('notificationsWarningIcon.foreground'))
      : itemIcon(item.status);
  row.contextValue = `item ${item.status}`;
  const spoken = [
    t('Item {0}', item.id),
    firstLine(item.text),
    itemWord(item.status),
    said.ahead,
    ...said.beside,
    t('priority {0}', item.priority),
  ];
  row.accessibilityInformation = { label: spoken.filter(part => part).join(', ') };
  return row;
}

interface Said {
  /** What matters most, before the words: a narrow view cuts the end. */
  ahead?: string | undefined;
  beside: (string | undefined)[];
  asks?: boolean;
}

function standing({ state, line: { item, begins }, now, runs }: Drawn): Said {
  const run = runOf(state, item);
  switch (item.status) {
    case 'running': {
      const asks = run !== undefined && run.asks.length > 0;
      const died = run?.again !== undefined ? t('died, is resumed') : undefined;
      const yields = run?.yields === undefined ? undefined : t('makes room for {0}', run.yields);
      const health = run?.health && run.health.state !== 'well' ? run.health.text : undefined;
      return {
        ahead: asks ? t('asks you') : died,
        beside: [
          run?.members.join(', ') || forWhom(item),
          run && showDuration(Math.max(0, now - run.startedAt)),
          yields,
          health,
        ],
        asks,
      };
    }
    case 'waiting': {
      const why = obstacle(state, item) ?? delay(state, item, now);
      const late = item.due !== undefined && item.due < now;
      const when =
        begins === undefined || !runs || state.paused
          ? undefined
          : begins - now < 1000
            ? t('next')
            : `~${showTime(begins, now)}`;
      const due = item.due === undefined ? undefined : t('due {0}', showTime(item.due, now));
      return {
        ahead: late ? t('overdue') : why !== undefined ? t('cannot begin') : run?.aside ? t('made room') : undefined,
        beside: [forWhom(item), priorityWord(item.priority), when, due, why],
      };
    }
    case 'held':
      return { ahead: t('held'), beside: [forWhom(item), priorityWord(item.priority)] };
    case 'done':
      return {
        beside: [
          run?.members.join(', ') || forWhom(item),
          item.endedAt === undefined ? undefined : showTime(item.endedAt, now),
        ],
      };
    case 'failed':
    case 'removed':
      return { ahead: itemWord(item.status), beside: [forWhom(item), item.note] };
  }
}

/** Medium is what goes without saying. */
function priorityWord(priority: number): string | undefined {
  if (priority >= 8) return t('now');
  return priority >= 4 ? undefined : t('low');
}

export function itemSheet({ state, line: { item, begins }, now, runs }: Drawn): vscode.MarkdownString {
  const run = runOf(state, item);
  const attached = (item.attachments ?? []).map(({ kind, path, from }) =>
    [kind, path === undefined ? '' : `${path}${from === undefined ? '' : `:${from}`}`].join(' ').trim(),
  );
  return sheet(item.text, [
    [t('Item'), item.id],
    [t('State'), [itemWord(item.status), item.note].filter(Boolean).join(': ')],
    [t('For'), forWhom(item)],
    [t('Priority'), String(item.priority)],
    [t('Due'), item.due === undefined ? undefined : showTime(item.due, now)],
    [t('Begins'), runs && begins !== undefined && item.status === 'waiting' ? showTime(begins, now) : undefined],
    [t('Why it waits'), item.status === 'waiting' ? (obstacle(state, item) ?? delay(state, item, now)) : undefined],
    [t('Needs'), item.needs.join(', ')],
    [t('Attached'), attached.join(', ')],
    [t('At work'), run && !run.end ? run.members.join(', ') : undefined],
    [t('Session'), run?.session],
    [t('Resumed'), run && run.resumed > 0 ? String(run.resumed) : undefined],
    [t('Health'), run?.health?.text],
    [t('Waits for you'), run?.asks.map(({ what }) => what).join('; ')],
    [t('Time'), run?.end ? showDuration(run.end.ms) : undefined],
    [t('Cost'), run?.end?.cost === undefined ? undefined : showMoney(run.end.cost)],
  ]);
}

export function historyRow(count: number): vscode.TreeItem {
  const row = new vscode.TreeItem(t('History'), Collapsed);
  row.iconPath = new vscode.ThemeIcon('history');
  row.description = String(count);
  row.contextValue = 'history';
  return row;
}

export function moreRow(count: number): vscode.TreeItem {
  const row = new vscode.TreeItem(t('and {0} more', count), None);
  row.contextValue = 'more';
  return row;
}
