import * as vscode from 'vscode';
import type { Account } from '../../core/config/accounts.ts';
import type { Disposable } from '../../core/ports.ts';
import { systemClock } from '../../node/clock.ts';
import { DisposableStore } from '../disposables.ts';
import type { EditorSecrets } from '../secrets.ts';
import type { SessionController } from '../session-controller.ts';
import type { ProviderChecks } from './checks.ts';
import { itemOf, type ProviderNode, tooltipOf } from './items.ts';

/** Calls come in showers: rows are drawn anew at most this often. */
const SETTLE_MS = 500;
const CONFIG = '.orchestrate/config.yaml';

export interface ProvidersParts {
  controller: SessionController;
  checks: ProviderChecks;
  secrets: EditorSecrets;
  /** Reads the configuration and where keys come from, as they are now. */
  accounts: () => Promise<Account[]>;
  log: vscode.LogOutputChannel;
}

/** Each provider that is set up or used: its condition, and how long the session's calls to it took. */
export class ProvidersView implements vscode.TreeDataProvider<ProviderNode>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<ProviderNode[] | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #parts: ProvidersParts;
  readonly #view: vscode.TreeView<ProviderNode>;
  readonly #nodes = new Map<string, ProviderNode>();
  /** How each row was drawn last: one that looks the same is left alone. */
  readonly #drawn = new Map<string, string>();
  #accounts: Promise<Account[]> | undefined;
  #order = '';
  readonly #told = new Map<string, boolean>();
  #soon: Disposable | undefined;
  #later: Disposable | undefined;

  constructor(parts: ProvidersParts) {
    this.#parts = parts;
    const { controller, checks, secrets } = parts;
    this.#view = this.#store.add(vscode.window.createTreeView('orchestrate.providers', { treeDataProvider: this }));
    this.#store.add(this.#view.onDidChangeVisibility(({ visible }) => visible && this.#settle()));
    this.#store.add(controller.onChange(() => this.#settle()));
    this.#store.add(checks.onChange(() => this.#settle()));
    this.#store.add(
      secrets.onChange(provider => {
        checks.forget(provider);
        this.#configured();
      }),
    );
    const reconfigured = () => {
      checks.forgetAll();
      this.#configured();
    };
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration(change => {
        if (change.affectsConfiguration('orchestrate.providers')) reconfigured();
      }),
    );
    this.#store.add(vscode.workspace.onDidGrantWorkspaceTrust(reconfigured));
    this.#watch(reconfigured);
  }

  async getChildren(node?: ProviderNode): Promise<ProviderNode[]> {
    if (node?.kind === 'provider') return node.line.models.map(line => this.#nodeOf('model', line.model, line));
    if (node) return [];
    const lines = await this.#lines();
    this.#order = orderOf(lines);
    return lines.map(line => this.#nodeOf('provider', line.id, line));
  }

  getParent(node: ProviderNode): ProviderNode | undefined {
    if (node.kind === 'provider') return undefined;
    return [...this.#nodes.values()].find(
      each => each.kind === 'provider' && each.line.models.some(({ model }) => model === node.line.model),
    );
  }

  getTreeItem(node: ProviderNode): vscode.TreeItem {
    const item = itemOf(node);
    this.#drawn.set(node.id, JSON.stringify(item));
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: ProviderNode): vscode.TreeItem {
    item.tooltip = tooltipOf(node);
    return item;
  }

  dispose(): void {
    this.#soon?.dispose();
    this.#later?.dispose();
    this.#store.dispose();
  }

  /** Only what the person looks at is computed; what is shown again is computed then. */
  #settle(): void {
    if (!this.#view.visible || this.#soon) return;
    this.#soon = systemClock.after(SETTLE_MS, () => {
      this.#soon = undefined;
      void this.#draw().catch(error => this.#parts.log.error('The providers could not be shown', error));
    });
  }

  #configured(): void {
    this.#accounts = undefined;
    this.#settle();
  }

  async #draw(): Promise<void> {
    const lines = await this.#lines();
    if (this.#store.disposed) return;
    if (orderOf(lines) !== this.#order) return this.#changed.fire(undefined);
    const touched: ProviderNode[] = [];
    for (const line of lines) {
      const node = this.#nodeOf('provider', line.id, line);
      const models = line.models.map(model => this.#nodeOf('model', model.model, model));
      if (this.#looksNew(node)) touched.push(node);
      else touched.push(...models.filter(model => this.#looksNew(model)));
    }
    if (touched.length > 0) this.#changed.fire(touched);
  }

  #looksNew(node: ProviderNode): boolean {
    const drawn = this.#drawn.get(node.id);
    // A model under a row that is closed has never been drawn.
    return drawn !== undefined && drawn !== JSON.stringify(itemOf(node));
  }

  async #lines() {
    const { controller, checks } = this.#parts;
    const { providerLines } = await import('./lines.ts');
    this.#accounts ??= this.#parts.accounts();
    const accounts = await this.#accounts.catch(error => {
      this.#accounts = undefined;
      throw error;
    });
    this.#tellHasKey(accounts);
    const { current } = controller;
    const now = Date.now();
    const lines = providerLines({
      accounts,
      checks: checks.found,
      now,
      ...(current && { session: { state: current.state, runs: current.runs } }),
    });
    // An empty view says so only when it is known to be empty.
    this.#context('noProviders', lines.length === 0);
    const untils = lines
      .flatMap(({ condition, models }) => [condition, ...models.map(model => model.condition)])
      .flatMap(condition => (condition?.kind === 'parked' ? [condition.until] : []));
    this.#later?.dispose();
    this.#later =
      untils.length > 0 ? systemClock.after(Math.min(...untils) - now + 1, () => this.#settle()) : undefined;
    return lines;
  }

  /** Ends the step of the walkthrough that asks for a model, wherever the key comes from. */
  #tellHasKey(accounts: readonly Account[]): void {
    this.#context(
      'hasKey',
      accounts.some(({ keyFrom, keyless, explicit }) => keyFrom !== undefined || (keyless && explicit)),
    );
  }

  #context(name: 'hasKey' | 'noProviders', value: boolean): void {
    if (this.#told.get(name) === value) return;
    this.#told.set(name, value);
    void vscode.commands.executeCommand('setContext', `orchestrate.${name}`, value);
  }

  #nodeOf<K extends ProviderNode['kind']>(kind: K, name: string, line: Extract<ProviderNode, { kind: K }>['line']) {
    const id = `${kind}/${name}`;
    const known = this.#nodes.get(id);
    if (known) {
      known.line = line;
      return known;
    }
    const node = { kind, id, line } as ProviderNode;
    this.#nodes.set(id, node);
    return node;
  }

  #watch(changed: () => void): void {
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (!folder) return;
    const watcher = this.#store.add(
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, CONFIG)),
    );
    for (const on of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) this.#store.add(on(changed));
  }
}

/** Which rows there are, and which of them can be opened. */
const orderOf = (lines: readonly { id: string; models: readonly { model: string }[] }[]) =>
  JSON.stringify(lines.map(({ id, models }) => [id, ...models.map(({ model }) => model)]));
