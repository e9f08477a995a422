import { type PhaseStanding, phaseStanding } from '../../core/session/standing.ts';
import type { AgentState, SessionState, TaskState, TaskStatus } from '../../core/session/state.ts';
import type { WindowSession } from '../window-session.ts';

/** One row of the Agents view. The same thing is always the same object, so that a refresh moves nothing. */
export type Node =
  | { readonly kind: 'session'; readonly id: string; readonly session: WindowSession }
  | { readonly kind: 'phase'; readonly id: string; readonly session: WindowSession; readonly phase: string }
  | { readonly kind: 'task'; readonly id: string; readonly session: WindowSession; readonly task: string }
  | { readonly kind: 'agent'; readonly id: string; readonly session: WindowSession; readonly agent: string };

export const isNode = (given: unknown): given is Node =>
  typeof given === 'object' && given !== null && 'kind' in given && 'session' in given;

export const agentOf = (node: Extract<Node, { kind: 'agent' }>): AgentState | undefined =>
  node.session.state.agents.get(node.agent);
export const taskOf = (node: Extract<Node, { kind: 'task' }>): TaskState | undefined =>
  node.session.state.tasks.get(node.task);

/** Who asked an agent that only looks something up. */
const whoAsked = ({ agents }: SessionState, agent: AgentState | undefined): AgentState | undefined =>
  agent?.call === undefined || agent.parent === undefined ? undefined : agents.get(agent.parent);

/** Those that look something up for it. */
export const helpersOf = ({ session, agent }: Extract<Node, { kind: 'agent' }>): AgentState[] =>
  (session.state.agents.get(agent)?.helpers ?? []).flatMap(id => session.state.agents.get(id) ?? []);

/** Who is at work comes first, then what went wrong, what is to come, and what is done. */
const RANK: Record<TaskStatus, number> = {
  running: 0,
  checking: 0,
  failed: 1,
  waiting: 2,
  pending: 3,
  completed: 4,
  skipped: 5,
  cancelled: 5,
};

/** Makes and remembers the rows of one session. */
export class Nodes {
  readonly root: Extract<Node, { kind: 'session' }>;
  readonly #session: WindowSession;
  readonly #made = new Map<string, Node>();

  constructor(session: WindowSession) {
    this.#session = session;
    this.root = { kind: 'session', id: session.id, session };
  }

  agent(agent: string): Node {
    const id = `${this.#session.id}/agent/${agent}`;
    return this.#once(id, () => ({ kind: 'agent', id, session: this.#session, agent }));
  }

  task(task: string): Node {
    const id = `${this.#session.id}/task/${task}`;
    return this.#once(id, () => ({ kind: 'task', id, session: this.#session, task }));
  }

  phase(phase: string): Node {
    const id = `${this.#session.id}/phase/${phase}`;
    return this.#once(id, () => ({ kind: 'phase', id, session: this.#session, phase }));
  }

  children(node: Node): Node[] {
    switch (node.kind) {
      case 'session':
        return [...this.#agentsOf(undefined), ...this.#phases(), ...this.#tasksOf(undefined)];
      case 'phase':
        return this.#tasksOf(node.phase);
      case 'task':
        return this.#agentsOf(node.task);
      case 'agent':
        return helpersOf(node).map(({ agent }) => this.agent(agent));
    }
  }

  parent(node: Node): Node | undefined {
    if (node.kind === 'session') return undefined;
    if (node.kind === 'task') return this.#phaseOf(taskOf(node)) ?? this.root;
    const agent = node.kind === 'agent' ? agentOf(node) : undefined;
    const asked = whoAsked(node.session.state, agent);
    if (asked) return this.agent(asked.agent);
    const task = agent?.task;
    return task === undefined ? this.root : this.task(task);
  }

  #phases(): Node[] {
    const { plan, tasks } = this.#session.state;
    const used = new Set([...tasks.values()].map(({ task }) => task.phase));
    const atWork: ReadonlySet<PhaseStanding> = new Set(['running', 'paused']);
    const rank = (phase: string) => (atWork.has(phaseStanding(this.#session.state, phase)) ? 0 : 1);
    return (plan?.phases ?? [])
      .filter(phase => used.has(phase))
      .sort((a, b) => rank(a) - rank(b))
      .map(phase => this.phase(phase));
  }

  #phaseOf(state: TaskState | undefined): Node | undefined {
    const phase = state?.task.phase;
    return phase !== undefined && this.#session.state.plan?.phases.includes(phase) ? this.phase(phase) : undefined;
  }

  #tasksOf(phase: string | undefined): Node[] {
    const known = new Set(this.#session.state.plan?.phases);
    const phaseOf = (task: TaskState) =>
      task.task.phase !== undefined && known.has(task.task.phase) ? task.task.phase : undefined;
    return [...this.#session.state.tasks.values()]
      .filter(task => phaseOf(task) === phase)
      .sort((a, b) => RANK[a.status] - RANK[b.status])
      .map(({ task }) => this.task(task.id));
  }

  /** Without a task: those who work for the whole session, as the orchestrator does. */
  #agentsOf(task: string | undefined): Node[] {
    return [...this.#session.state.agents.values()]
      .filter(agent => agent.task === task && whoAsked(this.#session.state, agent) === undefined)
      .sort((a, b) => Number(a.endedAt !== undefined) - Number(b.endedAt !== undefined))
      .map(({ agent }) => this.agent(agent));
  }

  #once(id: string, make: () => Node): Node {
    let node = this.#made.get(id);
    if (!node) {
      node = make();
      this.#made.set(id, node);
    }
    return node;
  }
}
