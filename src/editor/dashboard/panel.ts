import * as vscode from 'vscode';
import type { DashboardCommand, FromDashboard, ToDashboard } from '../../protocol/dashboard.ts';
import { DisposableStore } from '../disposables.ts';
import type { SessionSource } from '../sessions.ts';
import { readiness } from '../workspace-readiness.ts';
import { dashboardHtml, dashboardRoot } from './html.ts';
import { snapshot } from './snapshot.ts';

const viewType = 'orchestrate.dashboard';

const commands: Record<DashboardCommand, string> = {
  'start-session': 'orchestrate.startSession',
  'start-demo': 'orchestrate.startDemo',
  'set-api-key': 'orchestrate.setApiKey',
  'manage-trust': 'workbench.trust.manage',
  'open-folder': 'vscode.openFolder',
};

/** The one dashboard of a window: a page that is told whole snapshots and answers in typed messages. */
export class Dashboard implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #store = new DisposableStore();
  readonly #extension: vscode.Uri;
  readonly #sessions: SessionSource;
  readonly #log: vscode.LogOutputChannel;
  #panel: vscode.WebviewPanel | undefined;
  #revision = 0;
  #shown: PromiseWithResolvers<number> | undefined;

  constructor(extension: vscode.Uri, sessions: SessionSource, log: vscode.LogOutputChannel) {
    this.#extension = extension;
    this.#sessions = sessions;
    this.#log = log;
    this.#store.add(vscode.window.registerWebviewPanelSerializer(viewType, this));
  }

  /** Opens or reveals it; resolves with the revision that the page says it has drawn, or undefined when closed before. */
  async open(): Promise<number | undefined> {
    if (!this.#panel) {
      const title = vscode.l10n.t('Orchestrate Dashboard');
      const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active);
      this.#adopt(panel);
    } else {
      this.#panel.reveal();
      if (this.#shown === undefined) return this.#revision;
    }
    return this.#shown?.promise.catch(() => undefined);
  }

  /** After a reload of the window VS Code hands the panel back. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel) panel.dispose();
    else this.#adopt(panel);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const life = new DisposableStore();
    this.#panel = panel;
    this.#shown = Promise.withResolvers();
    this.#shown.promise.catch(() => undefined);
    life.add(this.#sessions.onChange(() => this.#show()));
    life.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#show()));
    life.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#show()));
    life.add(panel.onDidChangeViewState(() => panel.visible && this.#show()));
    life.add(panel.webview.onDidReceiveMessage(message => this.#receive(message)));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#shown?.reject(new Error('closed'));
      this.#shown = undefined;
      life.dispose();
    });
    const icon = (theme: string) => vscode.Uri.joinPath(this.#extension, 'media', `orchestrate-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.options = { enableScripts: true, localResourceRoots: [dashboardRoot(this.#extension)] };
    panel.webview.html = dashboardHtml(panel.webview, this.#extension);
    this.#store.add(panel);
  }

  async #receive(raw: unknown): Promise<void> {
    // The schemas load with the first message, not with the extension.
    const { parseFromDashboard } = await import('./messages.ts');
    const message = parseFromDashboard(raw);
    if (message) this.#handle(message);
    else this.#log.warn('The dashboard sent a message of unknown form', raw);
  }

  #handle(message: FromDashboard): void {
    switch (message.type) {
      case 'ready':
        this.#show();
        break;
      case 'shown':
        this.#shown?.resolve(message.revision);
        this.#shown = undefined;
        break;
      case 'run':
        void vscode.commands.executeCommand(commands[message.command]);
        break;
    }
  }

  #show(): void {
    if (!this.#panel?.visible) return;
    const message: ToDashboard = snapshot(++this.#revision, readiness(), this.#sessions.sessions[0]);
    void this.#panel.webview.postMessage(message);
  }
}
