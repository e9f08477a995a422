import * as vscode from 'vscode';
import type { AgentState, SessionState, TaskState } from '../core/session/state.ts';
import { DisposableStore } from './disposables.ts';
import type { SessionSource } from './sessions.ts';

type Node =
  | { kind: 'session'; state: SessionState }
  | { kind: 'task'; session: SessionState; state: TaskState }
  | { kind: 'agent'; session: SessionState; state: AgentState };

/** Sessions, their tasks, and the agents at work on them. Empty, it leaves the place to the welcome view. */
export class AgentsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #sessions: SessionSource;

  constructor(sessions: SessionSource) {
    this.#sessions = sessions;
    this.#store.add(sessions.onChange(() => this.#changed.fire(undefined)));
    this.#store.add(
      vscode.window.createTreeView('orchestrate.agents', { treeDataProvider: this, showCollapseAll: true }),
    );
  }

  getChildren(node?: Node): Node[] {
    if (!node) return this.#sessions.sessions.map(({ state }) => ({ kind: 'session', state }));
    if (node.kind === 'agent') return [];
    if (node.kind === 'task') return agentsOf(node.session, node.state.task.id);
    const tasks: Node[] = [...node.state.tasks.values()].map(state => ({ kind: 'task', session: node.state, state }));
    return [...agentsOf(node.state, undefined), ...tasks];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const item =
      node.kind === 'session'
        ? new vscode.TreeItem(node.state.goal, Expanded)
        : node.kind === 'task'
          ? new vscode.TreeItem(node.state.task.id, node.state.agents.length > 0 ? Collapsed : None)
          : new vscode.TreeItem(node.state.role, None);
    item.description = node.state.status;
    item.contextValue = node.kind;
    return item;
  }

  dispose(): void {
    this.#store.dispose();
  }
}

/** Without a task: those who work for the whole session, as the orchestrator does. */
function agentsOf(session: SessionState, task: string | undefined): Node[] {
  return [...session.agents.values()]
    .filter(state => state.task === task)
    .map(state => ({ kind: 'agent', session, state }));
}
