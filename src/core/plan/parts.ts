import type { DeployTask, Plan, Task } from '../../protocol/plan.ts';
import type { PlanPath, PlanProblem, ProblemCode } from './problem.ts';

/** What a plan is checked against. */
export interface PlanContext {
  /** Names of the roles there are; absent: roles are not checked. */
  roles?: readonly string[];
  /** What the session may spend. */
  budgetUsd?: number;
  /** Tasks of a running session that ended: they come before all others, whatever the needs say. */
  finished?: ReadonlySet<string>;
  /** Artifacts that are there before anybody begins. */
  given?: readonly string[];
  /** Deployments that people have planned, the only ones there may be; absent: people write this plan. */
  deploys?: ReadonlyMap<string, DeployTask>;
  /** Why a command of the plan would not be run; absent: commands are not judged. */
  refused?(command: string): string | undefined;
}

/** A plan of which some tasks may be missing because their shape is wrong. */
export interface PlanParts extends Omit<Plan, 'goal' | 'rationale'> {
  goal?: string;
  /** For each of `tasks`, its place in the list as written. */
  places: number[];
  /** Ids of tasks whose shape is wrong: to need them is no mistake. */
  broken: Set<string>;
}

export type Report = (code: ProblemCode, path: PlanPath, message: string, severity?: PlanProblem['severity']) => void;

/** One task and its path in the plan as written. */
export interface Placed<T extends Task = Task> {
  task: T;
  path: PlanPath;
}
