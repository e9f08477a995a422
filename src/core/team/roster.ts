import type { PlannedAgent } from '../../protocol/events.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { AgentTask, Task } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';
import type { Journal } from '../session/contract.ts';
import type { SessionState } from '../session/state.ts';
import { workerFor } from '../worker/fit.ts';
import { workerModel } from '../worker/names.ts';
import { preferOthers, type Routes } from './routes.ts';

export interface RosterHost {
  journal: Journal;
  routes: Routes;
  role(name: string): RoleSpec | undefined;
  newAgent(role: string): string;
  /** Whether a CLI agent can be started by this name. */
  hasWorker(name: string): boolean;
}

type Part = PlannedAgent['part'];

/** Journals who is to begin each task that nobody has begun, and who is to review it. What is planned already stays. */
export function planRoster(host: RosterHost, tasks: Iterable<Task>): void {
  const { state } = host.journal;
  const known = new Set([...state.roster.values()].map(({ task, part, role }) => key(task, part, role)));
  const agents: PlannedAgent[] = [];
  const plan = (task: AgentTask, part: Part, role: string, writer?: ModelRef) => {
    if (known.has(key(task.id, part, role))) return;
    const chosen = routeOf(host, task, role, writer);
    // Without a model nobody begins, and the task says why when its time comes.
    if (chosen.route.length > 0) agents.push({ agent: host.newAgent(role), role, task: task.id, part, ...chosen });
  };
  for (const task of tasks) {
    if (!isAgentTask(task) || (state.tasks.get(task.id)?.attempt ?? 0) > 0) continue;
    plan(task, 'work', task.role);
    if (task.review) plan(task, 'review', task.review.role, routeOf(host, task, task.role).route[0]);
  }
  if (agents.length > 0) host.journal.append({ type: 'roster-planned', agents });
}

const key = (task: string, part: Part, role: string) => `${part} ${role} ${task}`;

function routeOf({ routes, role, hasWorker }: RosterHost, task: AgentTask, name: string, writer?: ModelRef) {
  const spec = role(name);
  if (!spec) return { route: [], why: '' };
  const worker = name === task.role && writer === undefined ? workerFor(spec, task, hasWorker) : undefined;
  if (worker !== undefined) return { route: [workerModel(worker)], worker, why: whyWorker(worker) };
  const own = routes.of(spec, task);
  const why = routes.why(spec, task);
  if (writer === undefined) return { route: own, why };
  return { route: preferOthers(routes, own, routes.vendorOf(writer)), why: whyReviewer(routes, own, writer, why) };
}

export const whyWorker = (worker: string): string => `the role’s file names the CLI agent ${worker}`;

/** Says so where the model that wrote is the reason why another one is asked first. */
export function whyReviewer(routes: Routes, own: readonly ModelRef[], writer: ModelRef, why: string): string {
  const first = preferOthers(routes, own, routes.vendorOf(writer))[0];
  return first === own[0] ? why : `another vendor’s than ${writer}, which wrote it`;
}

/** Under which name the plan has somebody begin this part of a task in this role, unless that one has begun. */
export function plannedAgent(state: SessionState, task: string, part: Part, role: string): string | undefined {
  const begun = new Set(state.tasks.get(task)?.rounds.map(round => round.agent));
  for (const one of state.roster.values())
    if (one.task === task && one.part === part && one.role === role && !state.agents.has(one.agent))
      if (!begun.has(one.agent)) return one.agent;
  return undefined;
}
