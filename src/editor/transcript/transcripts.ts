import * as vscode from 'vscode';
import type { JournalEvent } from '../../protocol/events.ts';
import type { ToTranscript } from '../../protocol/transcript.ts';
import { isNode } from '../agents/nodes.ts';
import { titleOf } from '../agents/words.ts';
import { dashboardRoot, pageHtml, pageIcon } from '../dashboard/html.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;
const SETTLE_MS = 500;

interface Shown {
  panel: vscode.WebviewPanel;
  soon?: NodeJS.Timeout;
  tell(): void;
}

/** What an agent said and did, each on a page of its own that grows while it works. */
export class Transcripts implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #controller: SessionController;
  readonly #extension: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  readonly #shown = new Map<string, Shown>();

  constructor(controller: SessionController, extension: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#controller = controller;
    this.#extension = extension;
    this.#log = log;
    this.#store.add(controller.onEvent(({ session, event }) => this.#grew(session, event)));
  }

  async show(given?: unknown): Promise<void> {
    const chosen = isNode(given) && given.kind === 'agent' ? given : await this.#pick(given);
    if (!chosen) return;
    const { session, agent } = chosen;
    const shown = this.#shown.get(keyOf(session.id, agent));
    if (shown) shown.panel.reveal();
    else this.#open(session, agent);
  }

  dispose(): void {
    for (const { panel, soon } of this.#shown.values()) {
      clearTimeout(soon);
      panel.dispose();
    }
    this.#store.dispose();
  }

  #open({ id, state }: WindowSession, agent: string): void {
    const known = state.agents.get(agent);
    const title = known?.task === undefined ? agent : `${titleOf(state, known)} · ${agent}`;
    const panel = vscode.window.createWebviewPanel('orchestrate.transcript', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      enableFindWidget: true,
      localResourceRoots: [dashboardRoot(this.#extension)],
    });
    const key = keyOf(id, agent);
    const post = (message: ToTranscript) => void panel.webview.postMessage(message);
    const tell = () =>
      void this.#transcript(id, agent, title).then(post, error =>
        this.#log.error(`The transcript of ${agent} could not be read`, error),
      );
    this.#shown.set(key, { panel, tell });
    panel.webview.onDidReceiveMessage(async raw => {
      const { FromTranscript } = await import('../../protocol/transcript.ts');
      const message = FromTranscript.parse(raw);
      if (message.type === 'open-file') return openFile(message.path);
      post({ type: 'texts', texts: vscode.l10n.bundle ?? {} });
      tell();
    });
    panel.onDidDispose(() => {
      clearTimeout(this.#shown.get(key)?.soon);
      this.#shown.delete(key);
    });
    panel.iconPath = pageIcon(this.#extension);
    panel.webview.html = pageHtml(panel.webview, this.#extension, 'transcript');
  }

  async #transcript(id: string, agent: string, title: string): Promise<ToTranscript> {
    const [runtime, { entriesOf }] = await Promise.all([
      this.#controller.runtime(),
      import('../../dashboard/transcript-entries.ts'),
    ]);
    const messages = await runtime.messages(id, agent);
    const state = this.#controller.find(id)?.state.agents.get(agent);
    const about = [state?.role, state?.model, state?.summary].filter(Boolean).join(' · ');
    return { type: 'transcript', title, about, entries: entriesOf(messages) };
  }

  #grew(session: WindowSession, event: JournalEvent): void {
    if (event.type !== 'agent-message') return;
    const shown = this.#shown.get(keyOf(session.id, event.agent));
    if (!shown || shown.soon) return;
    shown.soon = setTimeout(() => {
      delete shown.soon;
      shown.tell();
    }, SETTLE_MS);
  }

  async #pick(given: unknown): Promise<{ session: WindowSession; agent: string } | undefined> {
    const asked = typeof given === 'object' && given !== null ? (given as { session?: unknown; agent?: unknown }) : {};
    const session =
      (typeof asked.session === 'string' ? this.#controller.find(asked.session) : undefined) ??
      this.#controller.current;
    if (!session) {
      void window.showInformationMessage(t('There is no session yet.'));
      return undefined;
    }
    if (typeof asked.agent === 'string') return { session, agent: asked.agent };
    const items = [...session.state.agents.values()].map(state => ({
      label: titleOf(session.state, state),
      description: [state.agent, state.summary ?? state.doing].filter(Boolean).join(' · '),
      agent: state.agent,
    }));
    if (items.length === 0) {
      void window.showInformationMessage(t('No agent has worked in this session yet.'));
      return undefined;
    }
    const picked = await window.showQuickPick(items, { title: t('Open Transcript'), matchOnDescription: true });
    return picked && { session, agent: picked.agent };
  }
}

const keyOf = (session: string, agent: string) => `${session}\n${agent}`;

async function openFile(path: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder) await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, path), { preview: true });
}
