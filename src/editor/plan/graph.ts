import * as vscode from 'vscode';
import { dashboardRoot, pageHtml, pageIcon } from '../dashboard/html.ts';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';

/** How long after a keystroke the graph follows. */
const SETTLE_MS = 300;

/** A plan as a graph beside its YAML: it follows what is typed, and a task that is chosen in it is found in the text. */
export class PlanGraph implements vscode.Disposable {
  readonly #controller: SessionController;
  readonly #extension: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  #open: { panel: vscode.WebviewPanel; document: vscode.TextDocument } | undefined;
  #life = new DisposableStore();
  #soon: NodeJS.Timeout | undefined;
  #revision = 0;

  constructor(controller: SessionController, extension: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#extension = extension;
    this.#log = log;
  }

  show(document: vscode.TextDocument): void {
    if (this.#open?.document === document) return;
    this.close();
    const panel = vscode.window.createWebviewPanel(
      'orchestrate.plan',
      vscode.l10n.t('Plan as a Graph'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [dashboardRoot(this.#extension)] },
    );
    this.#open = { panel, document };
    const life = new DisposableStore();
    this.#life = life;
    life.add(
      panel.webview.onDidReceiveMessage(async raw => {
        const { FromDashboard } = await import('../../protocol/dashboard.ts');
        const message = FromDashboard.safeParse(raw).data;
        if (message?.type === 'reveal-task') await this.#reveal(document, message.task);
        if (message?.type !== 'ready') return;
        void panel.webview.postMessage({ type: 'texts', texts: vscode.l10n.bundle ?? {} });
        this.#tell();
      }),
    );
    life.add(
      vscode.workspace.onDidChangeTextDocument(change => {
        if (change.document !== document) return;
        clearTimeout(this.#soon);
        this.#soon = setTimeout(() => this.#tell(), SETTLE_MS);
      }),
    );
    life.add(
      vscode.workspace.onDidCloseTextDocument(closed => {
        if (closed === document) this.close();
      }),
    );
    panel.onDidDispose(() => {
      if (this.#open?.panel === panel) this.#open = undefined;
      life.dispose();
    });
    panel.iconPath = pageIcon(this.#extension);
    panel.webview.html = pageHtml(panel.webview, this.#extension, 'plan');
  }

  close(): void {
    clearTimeout(this.#soon);
    this.#open?.panel.dispose();
    this.#open = undefined;
  }

  dispose(): void {
    this.close();
    this.#life.dispose();
  }

  #tell(): void {
    void this.#update().catch(error => this.#log.error('The plan could not be drawn', error));
  }

  /** A text that is no plan at the moment leaves the graph as it was. */
  async #update(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    const [{ planRows }, roles] = await Promise.all([import('./graph-rows.ts'), this.#controller.roles()]);
    const tasks = planRows(
      open.document.getText(),
      roles.map(({ name }) => name),
    );
    if (!tasks || this.#open !== open) return;
    void open.panel.webview.postMessage({
      type: 'update',
      revision: ++this.#revision,
      now: Date.now(),
      reset: { workspace: 'ready' },
      complete: true,
      upsert: { tasks },
    });
  }

  async #reveal(document: vscode.TextDocument, task: string): Promise<void> {
    const at = new RegExp(`^\\s*-\\s+id:\\s*['"]?${task.replaceAll(/[.]/g, '\\.')}['"]?\\s*$`, 'm').exec(
      document.getText(),
    );
    if (!at) return;
    const line = document.positionAt(at.index + at[0].length);
    const column = vscode.window.visibleTextEditors.find(editor => editor.document === document)?.viewColumn;
    await vscode.window.showTextDocument(document, {
      selection: new vscode.Range(line, line),
      preserveFocus: true,
      ...(column !== undefined && { viewColumn: column }),
    });
  }
}
