import * as vscode from 'vscode';
import type { JournalEvent } from '../../protocol/events.ts';
import type { Message } from '../../protocol/message.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';
import { isNode } from './choose.ts';

const { t } = vscode.l10n;
const SCHEME = 'orchestrate-transcript';
const SETTLE_MS = 500;

/** What an agent said and did, as a page that grows while it works. */
export class Transcripts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #controller: SessionController;
  readonly #parts: vscode.Disposable[];
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(controller: SessionController) {
    this.#controller = controller;
    this.#parts = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      controller.onEvent(({ session, event }) => this.#grew(session, event)),
    ];
  }

  async show(given?: unknown): Promise<void> {
    const chosen = isNode(given) && given.kind === 'agent' ? given : await this.#pick(given);
    if (!chosen) return;
    const document = await vscode.workspace.openTextDocument(uriOf(chosen.session.id, chosen.agent));
    await vscode.languages.setTextDocumentLanguage(document, 'markdown');
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { session: id, agent } = JSON.parse(uri.query) as { session: string; agent: string };
    const backend = await this.#controller.backend();
    const messages = await backend.messages(id, agent);
    const state = this.#controller.find(id)?.state.agents.get(agent);
    const head = `# ${agent}\n\n${[state?.role, state?.model, state?.summary].filter(Boolean).join(' · ')}\n`;
    return messages.length === 0
      ? `${head}\n${t('Nothing has been said yet.')}\n`
      : `${head}\n${messages.map(written).join('\n')}`;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const part of this.#parts) part.dispose();
  }

  #grew(session: WindowSession, event: JournalEvent): void {
    if (event.type !== 'agent-message') return;
    const uri = uriOf(session.id, event.agent);
    const key = uri.toString();
    if (this.#timers.has(key) || !vscode.workspace.textDocuments.some(each => each.uri.toString() === key)) return;
    const tell = () => {
      this.#timers.delete(key);
      this.#changed.fire(uri);
    };
    this.#timers.set(key, setTimeout(tell, SETTLE_MS));
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
    const items = [...session.state.agents.values()].map(({ agent, summary, doing }) => ({
      label: agent,
      description: summary ?? doing ?? '',
    }));
    if (items.length === 0) {
      void window.showInformationMessage(t('No agent has worked in this session yet.'));
      return undefined;
    }
    const picked = await window.showQuickPick(items, { title: t('Open Transcript') });
    return picked && { session, agent: picked.label };
  }
}

const uriOf = (session: string, agent: string) =>
  vscode.Uri.from({ scheme: SCHEME, path: `/${agent}.md`, query: JSON.stringify({ session, agent }) });

function written({ role, parts }: Message): string {
  const title = { user: t('To the agent'), assistant: t('Agent'), tool: t('Results') }[role];
  return `\n## ${title}\n\n${parts.map(partText).filter(Boolean).join('\n\n')}\n`;
}

const fenced = (text: string) => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
};

function partText(part: Message['parts'][number]): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'reasoning':
      return part.text ? `> ${part.text.replaceAll('\n', '\n> ')}` : '';
    case 'tool-call':
      return `**${part.name}**\n\n${fenced(JSON.stringify(part.args, undefined, 2))}`;
    case 'tool-result':
      return fenced(part.output);
    default:
      return '';
  }
}
