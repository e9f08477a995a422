import type { ModelRef } from '../../protocol/ids.ts';
import type { AgentTask } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';
import type { Journal } from '../session/contract.ts';
import type { AgentState, TaskState } from '../session/state.ts';
import { freshRounds, rungsOf } from './flow.ts';
import { climbed } from './ladder.ts';
import { whyReviewer } from './roster.ts';
import { otherVendors, preferOthers, type Routes } from './routes.ts';

type Part = 'work' | 'review';

/** The model it used last, or would have used first. */
const modelOf = (agent: AgentState): ModelRef => agent.model ?? agent.route[0] ?? '';

/** Which models work on a task and review it, after all that has happened to it. */
export class TaskRoutes {
  readonly #id: string;
  readonly #journal: Journal;
  readonly #routes: Routes;
  readonly #spent: () => 'local' | 'pause' | 'stop' | undefined;

  constructor(id: string, journal: Journal, routes: Routes, spent: () => 'local' | 'pause' | 'stop' | undefined) {
    this.#id = id;
    this.#journal = journal;
    this.#routes = routes;
    this.#spent = spent;
  }

  of(role: RoleSpec, part: Part): ModelRef[] {
    return this.choose(role, part).route;
  }

  /** The models, and why the first of them is the first. */
  choose(role: RoleSpec, part: Part): { route: ModelRef[]; why: string } {
    const routes = this.#routes;
    const task = this.#task.task as AgentTask;
    const own = routes.of(role, task);
    if (climbed(rungsOf(this.#journal.state, this.#task, part)).at(-1) === 'other-provider') {
      const failed = this.#vendors(this.#failed(part));
      const others = otherVendors(routes, own, failed);
      if (others.length > 0) return { route: others, why: `another vendor’s than ${[...failed].join(' and ')}` };
    }
    const writer = part === 'review' ? this.#agents('work').at(-1) : undefined;
    const why = routes.why(role, task);
    if (!writer) return { route: own, why };
    const model = modelOf(writer);
    return { route: preferOthers(routes, own, routes.vendorOf(model)), why: whyReviewer(routes, own, model, why) };
  }

  /** Whether a vendor is left with whom this part of the task has not failed, should this agent fail too. */
  othersLeft(role: RoleSpec | undefined, agent: string, part: Part): boolean {
    const last = this.#journal.state.agents.get(agent);
    const avoid = this.#vendors([...this.#failed(part), ...(last ? [last] : [])]);
    const route = role ? this.#routes.of(role, this.#task.task as AgentTask) : [];
    return otherVendors(this.#routes, route, avoid).length > 0;
  }

  /** Once the money is gone, models that cost nothing stand in. */
  affordable(route: ModelRef[]): ModelRef[] {
    const local = this.#spent() === 'local';
    return local ? [...new Set([...route, ...this.#routes.free()])] : route;
  }

  hasFree(route: readonly ModelRef[]): boolean {
    return this.#routes.free().some(model => route.includes(model));
  }

  get #task(): TaskState {
    return this.#journal.state.tasks.get(this.#id) as TaskState;
  }

  /** Those who had to be replaced. */
  #failed(part: Part): AgentState[] {
    return this.#agents(part).filter(agent => agent.rungs.some(({ rung }) => rung !== 'nudge'));
  }

  #agents(part: Part): AgentState[] {
    const { agents } = this.#journal.state;
    const rounds = freshRounds(this.#task).filter(round => (round.kind === 'review') === (part === 'review'));
    return [...new Set(rounds.map(round => round.agent))].flatMap(id => agents.get(id) ?? []);
  }

  /** That a CLI agent failed says nothing of its vendor's models. */
  #vendors(agents: readonly AgentState[]): Set<string> {
    const ours = agents.filter(({ worker }) => worker === undefined);
    return new Set(ours.map(agent => this.#routes.vendorOf(modelOf(agent))));
  }
}
