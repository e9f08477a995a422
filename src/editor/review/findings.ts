import * as vscode from 'vscode';
import type { Finding } from '../../core/session/state.ts';
import { DisposableStore } from '../disposables.ts';
import { paragraphs } from '../plain/markdown.ts';
import { markdownString } from '../plain/markdown-string.ts';
import { plain } from '../plain/text.ts';
import * as window from '../plain/window.ts';
import type { ReviewModel } from './model.ts';

/** What reviewers said, as comments on the lines they mean. */
export class Findings implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #model: ReviewModel;
  readonly #controller = this.#store.add(
    vscode.comments.createCommentController('orchestrate.findings', vscode.l10n.t('Orchestrate: Findings')),
  );
  readonly #threads = new Map<string, vscode.CommentThread>();

  constructor(model: ReviewModel) {
    this.#model = model;
    this.#store.add(model.onDidChange(() => this.#update()));
    this.#store.add({
      dispose: () => {
        for (const thread of this.#threads.values()) thread.dispose();
      },
    });
    this.#update();
  }

  /** The finding that a thread shows. */
  of(thread: vscode.CommentThread): Finding | undefined {
    const id = [...this.#threads].find(([, one]) => one === thread)?.[0];
    return id === undefined ? undefined : this.#model.session?.state.findings.get(id);
  }

  async sendBack(thread: vscode.CommentThread): Promise<void> {
    const finding = this.of(thread);
    const session = this.#model.session;
    if (!finding || !session?.sendFixRound) return;
    const { path, line, text, task } = finding;
    // The reviewer found it; whoever wrote the line does it over, or else whoever works on the task.
    const hunk = path === undefined ? undefined : this.#hunkAt(path, line ?? 1);
    const author = hunk?.authors[0] ?? { agent: session.state.tasks.get(task)?.agents.at(-1) ?? finding.agent, task };
    await session.sendFixRound({
      agent: author.agent,
      task: author.task ?? task,
      text,
      finding: finding.finding,
      ...(path !== undefined && { path }),
      ...(line !== undefined && { line }),
    });
    await this.#resolve(finding, vscode.l10n.t('sent back to {0}', this.#model.roleOf(author.agent)));
  }

  async dismiss(thread: vscode.CommentThread): Promise<void> {
    const finding = this.of(thread);
    if (finding) await this.#resolve(finding, vscode.l10n.t('dismissed'));
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #resolve(finding: Finding, how: string): Promise<void> {
    const done = await this.#model.session?.resolveFinding(finding, how);
    if (done?.ok === false) {
      void window.showWarningMessage(vscode.l10n.t('Not done: {0}', done.message ?? ''));
    }
  }

  #hunkAt(path: string, line: number) {
    const at = line - 1;
    return this.#model
      .file(path)
      ?.hunks.find(({ current }) => at >= current.start && at < current.start + Math.max(1, current.count));
  }

  #update(): void {
    const running = this.#model.session?.sendFixRound !== undefined;
    const open = [...(this.#model.session?.state.findings.values() ?? [])].filter(
      finding => finding.path !== undefined && !finding.resolved,
    );
    const wanted = new Set(open.map(({ finding }) => finding));
    for (const [id, thread] of this.#threads) {
      if (wanted.has(id)) continue;
      thread.dispose();
      this.#threads.delete(id);
    }
    for (const finding of open) {
      const thread = this.#threads.get(finding.finding) ?? this.#show(finding);
      thread.contextValue = running ? 'finding-running' : 'finding';
    }
  }

  #show(finding: Finding): vscode.CommentThread {
    const line = Math.max(0, (finding.line ?? 1) - 1);
    const range = new vscode.Range(line, 0, line, 0);
    const body = markdownString(paragraphs(finding.text));
    const thread = this.#controller.createCommentThread(this.#model.uriOf(finding.path as string), range, [
      {
        body,
        mode: vscode.CommentMode.Preview,
        author: { name: plain(this.#model.roleOf(finding.agent)) },
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
    this.#threads.set(finding.finding, thread);
    return thread;
  }
}

const severity: Record<Finding['severity'], () => string> = {
  blocker: () => vscode.l10n.t('Blocker'),
  major: () => vscode.l10n.t('Major'),
  minor: () => vscode.l10n.t('Minor'),
  note: () => vscode.l10n.t('Note'),
};
