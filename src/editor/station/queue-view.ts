import * as vscode from 'vscode';
import type { Disposable } from '../../core/ports.ts';
import type { QueueLine } from '../../core/station/queue-lines.ts';
import { systemClock } from '../../node/clock.ts';
import { DisposableStore } from '../disposables.ts';
import type { Drawn, QueueNode } from './queue-items.ts';
import type { StandingTeam } from './standing-team.ts';

/** Changes come in showers: rows are drawn anew at most this often. */
const SETTLE_MS = 250;
/** What only grows older. */
const AGE_MS = 10_000;
/** The most rows shown of what waits, and of what is over. */
const SHOWN = 200;
const ROWS = 'application/vnd.code.tree.orchestrate.queue';
/** The one above is VS Code's own, for what it puts there itself. */
const ITEMS = 'application/vnd.orchestrate.queue-items';
const FILES = 'text/uri-list';

/** How rows are drawn is loaded with the first of them. */
const drawing = () => import('./queue-items.ts');

/** The queue in the order in which it is worked on. Rows are dragged where they are to stand; a file that is dropped is attached. */
export class QueueView
  implements vscode.TreeDataProvider<QueueNode>, vscode.TreeDragAndDropController<QueueNode>, vscode.Disposable
{
  readonly dropMimeTypes = [ROWS, ITEMS, FILES];
  readonly dragMimeTypes = [ITEMS];
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #team: StandingTeam;
  readonly #log: vscode.LogOutputChannel;
  readonly #view: vscode.TreeView<QueueNode>;
  readonly #nodes = new Map<string, QueueNode>();
  #lines: QueueLine[] = [];
  #soon: Disposable | undefined;
  #age: Disposable | undefined;

  constructor(team: StandingTeam, log: vscode.LogOutputChannel) {
    this.#team = team;
    this.#log = log;
    this.#view = this.#store.add(
      vscode.window.createTreeView('orchestrate.queue', { treeDataProvider: this, dragAndDropController: this }),
    );
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => visible && this.#settle()));
    this.#store.add(team.onChange(() => this.#settle()));
  }

  async getChildren(node?: QueueNode): Promise<QueueNode[]> {
    const { state } = this.#team;
    if (!state || (node && node.kind !== 'history')) return [];
    const { endedItems, openLines } = await drawing();
    const over = endedItems(state);
    if (node) return over.slice(0, SHOWN).map(({ id }) => this.#node(id));
    this.#lines = openLines(state, Date.now());
    return [
      ...this.#lines.slice(0, SHOWN).map(({ item }) => this.#node(item.id)),
      ...(this.#lines.length > SHOWN ? [this.#once('more', { kind: 'more', id: 'more' })] : []),
      ...(over.length > 0 ? [this.#once('history', { kind: 'history', id: 'history' })] : []),
    ];
  }

  getParent(node: QueueNode): QueueNode | undefined {
    const over = node.kind === 'item' && !this.#lines.some(({ item }) => item.id === node.item);
    return over ? this.#nodes.get('history') : undefined;
  }

  async getTreeItem(node: QueueNode): Promise<vscode.TreeItem> {
    const { endedItems, historyRow, itemRow, moreRow } = await drawing();
    const { state } = this.#team;
    if (node.kind === 'history') return { ...historyRow(state ? endedItems(state).length : 0), id: node.id };
    if (node.kind === 'more') return { ...moreRow(this.#lines.length - SHOWN), id: node.id };
    const drawn = this.#drawn(node.item);
    return drawn ? { ...itemRow(drawn), id: node.id } : new vscode.TreeItem(node.item);
  }

  async resolveTreeItem(row: vscode.TreeItem, node: QueueNode): Promise<vscode.TreeItem> {
    const drawn = node.kind === 'item' ? this.#drawn(node.item) : undefined;
    if (drawn) row.tooltip = (await drawing()).itemSheet(drawn);
    return row;
  }

  handleDrag(nodes: readonly QueueNode[], data: vscode.DataTransfer): void {
    const items = nodes.flatMap(node => (node.kind === 'item' ? [node.item] : []));
    if (items.length > 0) data.set(ITEMS, new vscode.DataTransferItem(items.join()));
  }

  async handleDrop(target: QueueNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const rows = await data.get(ITEMS)?.asString();
    if (!rows) {
      const uris = (await data.get(FILES)?.asString())?.split(/\r?\n/).filter(line => line && !line.startsWith('#'));
      if (uris?.length)
        await vscode.commands.executeCommand(
          'orchestrate.queueWork',
          uris.map(uri => vscode.Uri.parse(uri)),
        );
      return;
    }
    const [item] = rows.split(',');
    const { placeOf } = await import('./reorder.ts');
    const order = this.#lines.flatMap(({ item: { id, status } }) =>
      status === 'waiting' || status === 'held' ? [id] : [],
    );
    // What is over stands below all that waits.
    const on = target?.kind === 'item' && this.getParent(target) === undefined ? target.item : undefined;
    const place = item === undefined ? undefined : placeOf(order, item, on);
    if (item !== undefined && place) await this.#move(item, place.before);
  }

  dispose(): void {
    this.#soon?.dispose();
    this.#age?.dispose();
    this.#store.dispose();
  }

  async #move(item: string, before: string | undefined): Promise<void> {
    const { tellRefusal } = await import('./refusal.ts');
    tellRefusal(await this.#team.ask({ kind: 'queue-move', item, ...(before !== undefined && { before }) }));
  }

  #drawn(id: string): Drawn | undefined {
    const { state, runs } = this.#team;
    const item = state?.items.get(id);
    if (!state || !item) return undefined;
    const line = this.#lines.find(line => line.item.id === id) ?? { item };
    return { state, line, now: Date.now(), runs };
  }

  #node(item: string): QueueNode {
    return this.#once(`item/${item}`, { kind: 'item', id: `item/${item}`, item });
  }

  #once(id: string, node: QueueNode): QueueNode {
    const known = this.#nodes.get(id) ?? node;
    this.#nodes.set(id, known);
    return known;
  }

  /** Only what the person looks at is drawn; what is shown again is drawn then. */
  #settle(): void {
    this.#soon ??= systemClock.after(SETTLE_MS, () => {
      this.#soon = undefined;
      try {
        this.#draw();
      } catch (error) {
        this.#log.error('The queue could not be shown', error);
      }
    });
  }

  #draw(): void {
    const { state, runs, foreign } = this.#team;
    const count = (status: string) => [...(state?.items.values() ?? [])].filter(item => item.status === status).length;
    const [running, waiting] = [count('running'), count('waiting')];
    const { t } = vscode.l10n;
    const figures = [...(runs ? [t('{0} at work', running)] : []), t('{0} waiting', waiting)];
    this.#view.description = running + waiting > 0 ? figures.join(' · ') : '';
    this.#view.message = this.#message(running + waiting + count('held') > 0, runs, state?.paused === true, foreign);
    for (const [id, node] of this.#nodes)
      if (node.kind === 'item' && !state?.items.has(node.item)) this.#nodes.delete(id);
    this.#changed.fire();
    this.#age?.dispose();
    this.#age = undefined;
    if (this.#view.visible && running > 0) this.#age = systemClock.after(AGE_MS, () => this.#settle());
  }

  #message(open: boolean, runs: boolean, paused: boolean, foreign: boolean): string {
    const { t } = vscode.l10n;
    if (foreign) return t('The standing team in this folder is from elsewhere. Nothing of it is acted on.');
    if (runs) return paused ? t('The standing team is paused: nothing more begins.') : '';
    return open ? t('No standing team runs here: nothing begins.') : '';
  }
}
