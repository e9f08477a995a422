import type { Clock, Disposable } from '../../core/ports.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import type { WindowSession } from '../window-session.ts';
import type { Node, Nodes } from './nodes.ts';

/** Changes come in showers: rows are drawn anew at most this often. */
const SETTLE_MS = 250;
/** Sums and times of a whole session change with every call. */
const SLOW_MS = 3000;
/** What only grows older. */
const AGE_MS = 10_000;

export interface PaceParts {
  clock: Clock;
  nodesOf(session: WindowSession): Nodes;
  running(): readonly WindowSession[];
  /** Draws these rows anew, each with what is under it. */
  draw(nodes: Node[]): void;
}

/** Which rows are drawn anew, and when: those that changed, a few times a second at most. */
export class Pace implements Disposable {
  readonly #parts: PaceParts;
  readonly #touched = new Set<Node>();
  readonly #timers = new Map<'soon' | 'slow' | 'age', Disposable>();
  readonly #sums = new Set<WindowSession>();

  constructor(parts: PaceParts) {
    this.#parts = parts;
  }

  took(session: WindowSession, event: JournalEvent): void {
    const nodes = this.#parts.nodesOf(session);
    const { state } = session;
    if (STRUCTURE.has(event.type)) this.#touched.add(nodes.root);
    if ('agent' in event && typeof event.agent === 'string' && state.agents.has(event.agent)) {
      this.#touched.add(nodes.agent(event.agent));
      if (event.type === 'agent-started' || event.type === 'agent-paused' || event.type === 'agent-unpaused')
        this.#touched.add(nodes.parent(nodes.agent(event.agent)) ?? nodes.root);
    }
    if ('task' in event && typeof event.task === 'string' && TASK.has(event.type)) {
      const task = nodes.task(event.task);
      this.#touched.add(task);
      // Its place among the others is another, too, and its phase's.
      if (ORDER.has(event.type)) this.#touched.add(nodes.root);
      const { phase } = state.tasks.get(event.task)?.task ?? {};
      if (phase !== undefined && state.plan?.phases.includes(phase)) this.#touched.add(nodes.phase(phase));
    }
    if (this.#touched.size > 0) this.#after('soon', SETTLE_MS, () => this.#flush());
    this.#sums.add(session);
    this.#after('slow', SLOW_MS, () => {
      for (const each of this.#sums) this.#touched.add(this.#parts.nodesOf(each).root);
      this.#sums.clear();
      this.#flush();
    });
    this.#growOlder();
  }

  /** Everything has been drawn anew. */
  forget(): void {
    this.#touched.clear();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) timer.dispose();
    this.#timers.clear();
  }

  #flush(): void {
    const whole = new Set([...this.#touched].filter(({ kind }) => kind === 'session').map(({ session }) => session));
    const below = new Set<Node>();
    for (const node of this.#touched) {
      if (node.kind === 'session' || (!whole.has(node.session) && !this.#drawnWithParent(node))) below.add(node);
    }
    this.#touched.clear();
    if (below.size > 0) this.#parts.draw([...below]);
  }

  /** A parent is drawn with all that is under it. */
  #drawnWithParent(node: Node): boolean {
    const parent = this.#parts.nodesOf(node.session).parent(node);
    return parent !== undefined && (this.#touched.has(parent) || this.#drawnWithParent(parent));
  }

  #growOlder(): void {
    this.#after('age', AGE_MS, () => {
      const running = this.#parts.running();
      for (const session of running) this.#touched.add(this.#parts.nodesOf(session).root);
      this.#flush();
      if (running.length > 0) this.#growOlder();
    });
  }

  #after(name: 'soon' | 'slow' | 'age', ms: number, run: () => void): void {
    if (this.#timers.has(name)) return;
    const timer = this.#parts.clock.after(ms, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, timer);
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
const ORDER: ReadonlySet<string> = new Set([
  'task-started',
  'task-completed',
  'task-failed',
  'task-skipped',
  'task-cancelled',
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
  'task-retried',
  'round-started',
  'round-ended',
]);
