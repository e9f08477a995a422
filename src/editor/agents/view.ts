import * as vscode from 'vscode';
import type { JournalEvent } from '../../protocol/events.ts';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';
import { itemOf } from './items.ts';
import { type Node, Nodes } from './nodes.ts';

/** Changes come in showers: rows are drawn anew at most this often. */
const SETTLE_MS = 200;
/** Sums and times of a whole session change with every call. */
const SLOW_MS = 2000;
/** What only grows older. */
const AGE_MS = 10_000;

/** Sessions, their phases and tasks, and the agents at work on them. Empty, it leaves the place to the welcome view. */
export class AgentsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<Node | Node[] | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #controller: SessionController;
  readonly #view: vscode.TreeView<Node>;
  readonly #nodes = new Map<WindowSession, Nodes>();
  readonly #touched = new Set<Node>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #shown: readonly WindowSession[] = [];
  #soon: NodeJS.Timeout | undefined;
  #slow: NodeJS.Timeout | undefined;
  #age: NodeJS.Timeout | undefined;

  constructor(controller: SessionController) {
    this.#controller = controller;
    this.#view = this.#store.add(
      vscode.window.createTreeView('orchestrate.agents', { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#store.add(controller.onChange(() => this.#sessionsChanged()));
    this.#store.add(controller.onEvent(({ session, event }) => this.#eventCame(session, event)));
    this.#store.add({ dispose: () => this.#stopTimers() });
  }

  getChildren(node?: Node): Node[] {
    if (node) return this.#of(node.session).children(node);
    this.#shown = [...this.#controller.sessions];
    return this.#shown.map(session => this.#of(session).root);
  }

  getParent(node: Node): Node | undefined {
    return this.#of(node.session).parent(node);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return itemOf(node, Date.now());
  }

  /** Brings an agent, or a session, into view. */
  async reveal(session: WindowSession, agent?: string): Promise<void> {
    const nodes = this.#of(session);
    await this.#view.reveal(agent === undefined ? nodes.root : nodes.agent(agent), { select: true, focus: false });
  }

  dispose(): void {
    this.#store.dispose();
  }

  #of(session: WindowSession): Nodes {
    let nodes = this.#nodes.get(session);
    if (!nodes) {
      nodes = new Nodes(session);
      this.#nodes.set(session, nodes);
    }
    return nodes;
  }

  #sessionsChanged(): void {
    const { sessions } = this.#controller;
    if (sessions.length === this.#shown.length && sessions.every((session, i) => session === this.#shown[i])) return;
    this.#shown = [...sessions];
    for (const session of this.#nodes.keys()) if (!sessions.includes(session)) this.#nodes.delete(session);
    this.#touched.clear();
    this.#changed.fire(undefined);
    this.#badge();
  }

  #eventCame(session: WindowSession, event: JournalEvent): void {
    const nodes = this.#of(session);
    const { state } = session;
    if (STRUCTURE.has(event.type)) this.#touched.add(nodes.root);
    if ('agent' in event && typeof event.agent === 'string' && state.agents.has(event.agent)) {
      this.#touched.add(nodes.agent(event.agent));
      const task = state.agents.get(event.agent)?.task;
      if (event.type === 'agent-started') this.#touched.add(task === undefined ? nodes.root : nodes.task(task));
    }
    if ('task' in event && typeof event.task === 'string' && TASK.has(event.type)) {
      this.#touched.add(nodes.task(event.task));
      const { phase } = state.tasks.get(event.task)?.task ?? {};
      if (phase !== undefined && state.plan?.phases.includes(phase)) this.#touched.add(nodes.phase(phase));
    }
    this.#soon ??= this.#after(SETTLE_MS, () => {
      this.#soon = undefined;
      this.#flush();
    });
    this.#slow ??= this.#after(SLOW_MS, () => {
      this.#slow = undefined;
      this.#touched.add(nodes.root);
      this.#flush();
    });
    this.#growOlder();
  }

  #flush(): void {
    // A parent is drawn with all that is under it.
    const roots = new Set([...this.#touched].filter(node => node.kind === 'session'));
    const fired = [...this.#touched].filter(
      node => node.kind === 'session' || ![...roots].some(root => root.session === node.session),
    );
    this.#touched.clear();
    const known = fired.filter(node => this.#shown.includes(node.session));
    if (known.length > 0) this.#changed.fire(known);
    this.#badge();
  }

  #badge(): void {
    const waiting = this.#controller.sessions
      .filter(({ place }) => place !== 'nowhere')
      .reduce((sum, { state }) => sum + state.asks.size, 0);
    const tooltip =
      waiting === 1 ? vscode.l10n.t('1 question waits for you') : vscode.l10n.t('{0} questions wait for you', waiting);
    if (this.#view.badge?.value !== waiting) this.#view.badge = waiting > 0 ? { value: waiting, tooltip } : undefined;
  }

  #growOlder(): void {
    this.#age ??= this.#after(AGE_MS, () => {
      this.#age = undefined;
      const running = this.#shown.filter(({ place }) => place !== 'nowhere');
      for (const session of running) this.#touched.add(this.#of(session).root);
      this.#flush();
      if (running.length > 0) this.#growOlder();
    });
  }

  #after(ms: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** What adds or takes away rows right under the session. */
const STRUCTURE: ReadonlySet<string> = new Set([
  'session-started',
  'session-resumed',
  'session-ended',
  'session-paused',
  'session-unpaused',
  'plan-proposed',
  'plan-approved',
  'task-added',
  'permission-asked',
  'permission-answered',
  'question-asked',
  'question-answered',
]);
const TASK: ReadonlySet<string> = new Set([
  'agent-started',
  'agent-ended',
  'task-started',
  'task-waiting',
  'check-started',
  'check-ended',
  'task-completed',
  'task-failed',
  'task-skipped',
  'task-cancelled',
  'round-started',
  'round-ended',
]);
