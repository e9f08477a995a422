import * as vscode from 'vscode';
import type { Connection } from '../../dashboard/connection.ts';
import type { SessionSource, TeamSource } from '../../dashboard/sessions.ts';
import type { DashboardCommand, ToDashboard } from '../../protocol/dashboard.ts';
import { DisposableStore } from '../disposables.ts';
import { stepCommands } from '../step-commands.ts';
import { readiness } from '../workspace-readiness.ts';
import { dashboardRoot, pageHtml, pageIcon } from './html.ts';

const viewType = 'orchestrate.dashboard';
/** After that long VS Code has handed back every page that it is going to hand back. */
const PATIENCE_MS = 5000;

const commands: Record<DashboardCommand, string> = {
  'start-session': 'orchestrate.startSession',
  'start-demo': 'orchestrate.startDemo',
  'connect-model': 'orchestrate.connectModel',
  'manage-trust': 'workbench.trust.manage',
  'open-folder': 'vscode.openFolder',
  'show-log': 'orchestrate.showLog',
};

type Team = TeamSource & { look(): Promise<unknown> };

/** The one dashboard of a window. What it tells and hears loads with the first page, not with the extension. */
export class Dashboard implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #store = new DisposableStore();
  readonly #extension: vscode.Uri;
  readonly #sessions: SessionSource;
  readonly #team: Team;
  readonly #log: vscode.LogOutputChannel;
  #panel: vscode.WebviewPanel | undefined;
  #connected: Promise<Connection> | undefined;
  #revision = 0;
  #shown: PromiseWithResolvers<number> | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(extension: vscode.Uri, sessions: SessionSource, team: Team, log: vscode.LogOutputChannel) {
    this.#extension = extension;
    this.#sessions = sessions;
    this.#team = team;
    this.#log = log;
    this.#store.add(vscode.window.registerWebviewPanelSerializer(viewType, this));
    this.#store.add(vscode.window.tabGroups.onDidChangeTabs(() => this.#lookForLost()));
    this.#store.add({ dispose: () => clearTimeout(this.#looking) });
    this.#lookForLost();
  }

  /** Opens or reveals it; resolves with the revision that the page says it has drawn, or undefined when closed before. */
  async open(column = vscode.ViewColumn.Active): Promise<number | undefined> {
    if (!this.#panel) {
      const lost = tabs();
      const title = vscode.l10n.t('Orchestrate Dashboard');
      const panel = vscode.window.createWebviewPanel(viewType, title, column);
      this.#adopt(panel);
      if (lost.length > 0) void vscode.window.tabGroups.close(lost, true);
    } else {
      this.#panel.reveal();
      void this.#connected?.then(
        connection => connection.goToWaiting(),
        () => undefined,
      );
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
    this.#panel?.dispose();
    this.#store.dispose();
  }

  /** A page outlives an extension host that dies: it stands there and nobody hears it. Another takes its place. */
  #lookForLost(): void {
    const seen = () => (this.#panel ? undefined : tabs().find(({ isActive }) => isActive));
    if (this.#looking || !seen()) return;
    this.#looking = setTimeout(() => {
      this.#looking = undefined;
      const lost = seen();
      if (lost) void this.open(lost.group.viewColumn);
    }, PATIENCE_MS);
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const life = new DisposableStore();
    this.#panel = panel;
    this.#shown = Promise.withResolvers();
    this.#shown.promise.catch(() => undefined);
    const connected = this.#connect(panel, life);
    this.#connected = connected;
    const withConnection = (use: (connection: Connection) => void) => void connected.then(use, () => undefined);
    connected.catch(error => {
      this.#log.error('The dashboard could not be loaded', error);
      // The page listens for it, and can be opened again.
      void panel.webview.postMessage({ type: 'failed', message: String(error) } satisfies ToDashboard);
    });
    life.add(vscode.workspace.onDidGrantWorkspaceTrust(() => withConnection(connection => connection.show())));
    life.add(vscode.workspace.onDidChangeWorkspaceFolders(() => withConnection(connection => connection.show())));
    // A page that is shown again is a new one, and says so.
    life.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) withConnection(connection => connection.hide());
      }),
    );
    life.add(panel.webview.onDidReceiveMessage(message => withConnection(connection => connection.receive(message))));
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#connected = undefined;
      this.#shown?.reject(new Error('closed'));
      this.#shown = undefined;
      life.dispose();
      this.#store.release(panel);
    });
    panel.iconPath = pageIcon(this.#extension);
    panel.webview.options = { enableScripts: true, localResourceRoots: [dashboardRoot(this.#extension)] };
    panel.webview.html = pageHtml(panel.webview, this.#extension, 'dashboard');
  }

  async #connect(panel: vscode.WebviewPanel, life: DisposableStore): Promise<Connection> {
    const { connect } = await import('./connect.ts');
    // Whose team stands here is looked for when somebody wants to see it.
    if (readiness() === 'ready') void this.#team.look().catch(error => this.#log.warn('No team is shown', error));
    return life.add(
      connect(panel.webview, {
        source: this.#sessions,
        team: this.#team,
        log: this.#log,
        readiness,
        run: command => void vscode.commands.executeCommand(commands[command]),
        step: (step, session) => void vscode.commands.executeCommand(stepCommands[step], session),
        onDrawn: revision => {
          this.#revision = revision;
          this.#shown?.resolve(revision);
          this.#shown = undefined;
        },
      }),
    );
  }
}

/** The dashboard's tabs, whoever holds their page. */
const tabs = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(group => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType));
