import * as vscode from 'vscode';
import type { DeliveryLine } from '../../core/delivery/lines.ts';
import type { DeliveryState } from '../../core/delivery/state.ts';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';
import type { DeliveryNode } from './items.ts';

/** Read when there is something to show. */
const lineMaker = () => import('../../core/delivery/lines.ts');

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
  #itemOf: ((node: DeliveryNode) => vscode.TreeItem) | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(controller: SessionController, folder: vscode.Uri | undefined, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#log = log;
    this.#book = folder && vscode.Uri.joinPath(folder, BOOK);
    this.#view = this.#store.add(vscode.window.createTreeView('orchestrate.delivery', { treeDataProvider: this }));
    this.#store.add({ dispose: () => clearTimeout(this.#soon) });
    if (!folder) return;
    const watcher = this.#store.add(vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, BOOK)));
    for (const on of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
      this.#store.add(on(() => this.refresh()));
    this.#store.add(controller.onChange(() => this.#view.visible && this.refresh()));
    this.refresh();
  }

  /** As the journal of deliveries has it now; undefined where nothing was ever delivered. */
  async state(): Promise<DeliveryState | undefined> {
    if (!this.#book || !vscode.workspace.isTrusted) return undefined;
    const there = await vscode.workspace.fs.stat(this.#book).then(
      () => true,
      () => false,
    );
    if (!there) return undefined;
    return (await (await this.#controller.runtime()).deliveries()).state();
  }

  async lines(): Promise<DeliveryLine[]> {
    const state = await this.state();
    return state ? (await lineMaker()).deliveryLines(state) : [];
  }

  refresh(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(
      () => void this.#draw().catch(error => this.#log.error('The deliveries could not be shown', error)),
      SETTLE_MS,
    );
  }

  async getChildren(node?: DeliveryNode): Promise<DeliveryNode[]> {
    const { factsOf, itemOf } = await import('./items.ts');
    this.#itemOf = itemOf;
    if (node?.kind === 'delivery')
      return factsOf(node.line).map(fact => ({ kind: 'fact', of: node.line.delivery, fact }));
    if (node) return [];
    const state = await this.state();
    if (!state) return [];
    const { deliveryLines, deploymentLines } = await lineMaker();
    return [
      ...deliveryLines(state).map((line): DeliveryNode => ({ kind: 'delivery', line })),
      ...deploymentLines(state).map((line): DeliveryNode => ({ kind: 'deployment', line })),
    ];
  }

  getTreeItem(node: DeliveryNode): vscode.TreeItem {
    // Rows exist only after their module was loaded.
    return this.#itemOf?.(node) ?? new vscode.TreeItem('');
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #draw(): Promise<void> {
    const lines = await this.lines();
    const waiting = lines.filter(({ standing }) => standing === 'waiting').length;
    this.#view.badge =
      waiting > 0 ? { value: waiting, tooltip: vscode.l10n.t('{0} deliveries wait for you', waiting) } : undefined;
    void vscode.commands.executeCommand('setContext', 'orchestrate.deliveries', lines.length);
    void vscode.commands.executeCommand(
      'setContext',
      'orchestrate.beside',
      lines.some(({ beside }) => beside),
    );
    this.#changed.fire(undefined);
  }
}
