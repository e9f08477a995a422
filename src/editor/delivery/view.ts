import * as vscode from 'vscode';
import type { Deliveries } from '../../core/delivery/contract.ts';
import type { DeliveryLine } from '../../core/delivery/lines.ts';
import type { DeliveryState } from '../../core/delivery/state.ts';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';
import type { DeliveryNode } from './items.ts';

const BOOK = '.orchestrate/delivery/events.jsonl';
/** Events come in showers. */
const SETTLE_MS = 150;

/** What becomes of accepted work: branches on their way to their targets, and where they were deployed. */
export class DeliveryView implements vscode.TreeDataProvider<DeliveryNode>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #controller: SessionController;
  readonly #book: vscode.Uri | undefined;
  readonly #view: vscode.TreeView<DeliveryNode>;
  readonly #log: vscode.LogOutputChannel;
  #items: typeof import('./items.ts') | undefined;
  #deliveries: Deliveries | undefined;
  #soon: NodeJS.Timeout | undefined;
  /** Begins to look for changes; undefined once it has. */
  #watch: (() => void) | undefined;
  #drawn = '';
  #rows: DeliveryNode[] = [];

  constructor(controller: SessionController, folder: vscode.Uri | undefined, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#log = log;
    this.#book = folder && vscode.Uri.joinPath(folder, BOOK);
    this.#view = this.#store.add(vscode.window.createTreeView('orchestrate.delivery', { treeDataProvider: this }));
    this.#store.add({ dispose: () => clearTimeout(this.#soon) });
    if (!folder) return;
    this.#store.add(this.#view.onDidChangeVisibility(() => this.refresh()));
    // Watching files takes its time, and the extension is to be there at once.
    this.#watch = () => {
      this.#watch = undefined;
      const pattern = new vscode.RelativePattern(folder, BOOK);
      const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher(pattern));
      for (const on of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
        this.#store.add(on(() => this.refresh()));
    };
    this.refresh();
  }

  /** As the journal of deliveries has them now; none where nothing was ever delivered. */
  async lines(): Promise<DeliveryLine[]> {
    const state = await this.#state();
    return state ? (await import('../../core/delivery/lines.ts')).deliveryLines(state) : [];
  }

  refresh(): void {
    clearTimeout(this.#soon);
    const failed = (error: unknown) => this.#log.error('The deliveries could not be shown', error);
    this.#soon = setTimeout(() => void this.#draw().catch(failed), SETTLE_MS);
  }

  /** Rows that take long to come could not be clicked meanwhile: they are there before they are asked for. */
  getChildren(node?: DeliveryNode): DeliveryNode[] {
    if (!node) return this.#rows;
    if (node.kind !== 'delivery' || !this.#items) return [];
    return this.#items.factsOf(node.line).map(fact => ({ kind: 'fact', of: node.line.delivery, fact }));
  }

  getTreeItem(node: DeliveryNode): vscode.TreeItem {
    // Rows exist only after their module was loaded.
    return this.#items?.itemOf(node) ?? new vscode.TreeItem('');
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #state(): Promise<DeliveryState | undefined> {
    if (!this.#book || !vscode.workspace.isTrusted) return undefined;
    const there = await vscode.workspace.fs.stat(this.#book).then(
      () => true,
      () => false,
    );
    if (!there) return undefined;
    const deliveries = this.#deliveries ?? (await (await this.#controller.runtime()).deliveries());
    const state = await deliveries.state();
    this.#deliveries = deliveries;
    return state;
  }

  async #draw(): Promise<void> {
    // First, so that no change between the two is missed.
    this.#watch?.();
    const state = await this.#state();
    const rows = state ? await this.#rowsOf(state) : [];
    void vscode.commands.executeCommand('setContext', 'orchestrate.deliveries', rows.length);
    // What is drawn anew loses what is just being done with it.
    const drawn = JSON.stringify(rows);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#rows = rows;
    const lines = rows.flatMap(row => (row.kind === 'delivery' ? row.line : []));
    const waiting = lines.filter(({ standing }) => standing === 'waiting').length;
    this.#view.badge =
      waiting > 0 ? { value: waiting, tooltip: vscode.l10n.t('{0} deliveries wait for you', waiting) } : undefined;
    const beside = lines.some(line => line.beside);
    void vscode.commands.executeCommand('setContext', 'orchestrate.beside', beside);
    this.#changed.fire(undefined);
  }

  async #rowsOf(state: DeliveryState): Promise<DeliveryNode[]> {
    this.#items ??= await import('./items.ts');
    const { deliveryLines, deploymentLines } = await import('../../core/delivery/lines.ts');
    return [
      ...deliveryLines(state).map((line): DeliveryNode => ({ kind: 'delivery', line })),
      ...deploymentLines(state).map((line): DeliveryNode => ({ kind: 'deployment', line })),
    ];
  }
}
