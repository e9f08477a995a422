import * as vscode from 'vscode';
import type { Finding } from '../../core/session/state.ts';
import { systemClock } from '../../node/clock.ts';
import { DisposableStore } from '../disposables.ts';
import { paragraphs } from '../plain/markdown.ts';
import { markdownString } from '../plain/markdown-string.ts';
import { plain } from '../plain/text.ts';
import * as window from '../plain/window.ts';
import { type ReviewModel, roleOf } from './model.ts';
import { ReadAnew, type Replaced } from './read-anew.ts';
import type { ReviewSession } from './session.ts';

/** A finding, and the session in which it was made. */
interface Found {
  session: ReviewSession;
  finding: Finding;
}

/** What reviewers said, as comments on the lines they mean. */
export class Findings implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #controller = this.#store.add(
    vscode.comments.createCommentController('orchestrate.findings', vscode.l10n.t('Orchestrate: Findings')),
  );
  /** By session and finding. */
  readonly #threads = new Map<string, { found: Found; thread: vscode.CommentThread }>();

  constructor(model: ReviewModel) {
    this.#model = model;
    this.#store.add(model.onDidChange(() => this.#update()));
    const anew = this.#store.add(
      new ReadAnew(systemClock, ({ uri }, replaced) => this.#putBack(model.pathOf(uri), replaced)),
    );
    this.#store.add(vscode.workspace.onDidChangeTextDocument(event => anew.heard(event)));
    this.#store.add({
      dispose: () => {
        for (const { thread } of this.#threads.values()) thread.dispose();
      },
    });
    this.#update();
  }

  /** The finding that a thread shows. */
  of(thread: vscode.CommentThread): Found | undefined {
    return [...this.#threads.values()].find(one => one.thread === thread)?.found;
  }

  async sendBack(thread: vscode.CommentThread): Promise<void> {
    const found = this.of(thread);
    if (!found?.session.sendFixRound) return;
    const { finding, session } = found;
    const { path, line, text, task } = finding;
    // The reviewer found it; whoever wrote the line does it over, or else whoever works on the task.
    const hunk = path === undefined ? undefined : this.#hunkAt(session, path, line ?? 1);
    const author = hunk?.authors[0] ?? { agent: session.state.tasks.get(task)?.agents.at(-1) ?? finding.agent, task };
    await found.session.sendFixRound({
      agent: author.agent,
      task: author.task ?? task,
      text,
      finding: finding.finding,
      ...(path !== undefined && { path }),
      ...(line !== undefined && { line }),
    });
    await resolve(found, vscode.l10n.t('sent back to {0}', roleOf(session, author.agent)));
  }

  async dismiss(thread: vscode.CommentThread): Promise<void> {
    const found = this.of(thread);
    if (found) await resolve(found, vscode.l10n.t('dismissed'));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #hunkAt({ changes }: ReviewSession, path: string, line: number) {
    const at = line - 1;
    return changes
      .peek(path)
      ?.hunks.find(({ current }) => at >= current.start && at < current.start + Math.max(1, current.count));
  }

  #update(): void {
    const open = new Map<string, Found>();
    for (const session of this.#model.sessions) {
      for (const finding of session.state.findings.values()) {
        if (finding.path === undefined || finding.resolved) continue;
        open.set(`${session.state.session} ${finding.finding}`, { session, finding });
      }
    }
    for (const [id, { thread }] of this.#threads) {
      if (open.has(id)) continue;
      thread.dispose();
      this.#threads.delete(id);
    }
    for (const [id, found] of open) {
      const thread = this.#threads.get(id)?.thread ?? this.#show(found);
      this.#threads.set(id, { found, thread });
      thread.contextValue = found.session.sendFixRound ? 'finding-running' : 'finding';
    }
  }

  /** A comment in what was replaced is left on whatever line remains of its own; the editor moves others along. */
  #putBack(path: string | undefined, { from, to }: Replaced): void {
    for (const [id, { found, thread }] of this.#threads) {
      const at = lineOf(found.finding);
      if (found.finding.path !== path || at < from || at > to) continue;
      const again = this.#show(found);
      again.collapsibleState = thread.collapsibleState;
      if (thread.contextValue !== undefined) again.contextValue = thread.contextValue;
      thread.dispose();
      this.#threads.set(id, { found, thread: again });
    }
  }

  #show({ session, finding }: Found): vscode.CommentThread {
    const line = lineOf(finding);
    const range = new vscode.Range(line, 0, line, 0);
    const body = markdownString(paragraphs(finding.text));
    const thread = this.#controller.createCommentThread(this.#model.uriOf(finding.path as string), range, [
      {
        body,
        mode: vscode.CommentMode.Preview,
        author: { name: plain(roleOf(session, finding.agent)) },
        label: severity[finding.severity](),
      },
    ]);
    thread.canReply = false;
    thread.label = severity[finding.severity]();
    thread.state = vscode.CommentThreadState.Unresolved;
    thread.collapsibleState =
      finding.severity === 'blocker' || finding.severity === 'major'
        ? vscode.CommentThreadCollapsibleState.Expanded
        : vscode.CommentThreadCollapsibleState.Collapsed;
    return thread;
  }
}

/** From 0 on, as the reviewer saw it. */
const lineOf = ({ line = 1 }: Finding) => Math.max(0, line - 1);

async function resolve({ session, finding }: Found, how: string): Promise<void> {
  const done = await session.resolveFinding(finding, how);
  if (!done.ok) void window.showWarningMessage(vscode.l10n.t('Not done: {0}', done.message ?? ''));
}

const severity: Record<Finding['severity'], () => string> = {
  blocker: () => vscode.l10n.t('Blocker'),
  major: () => vscode.l10n.t('Major'),
  minor: () => vscode.l10n.t('Minor'),
  note: () => vscode.l10n.t('Note'),
};
