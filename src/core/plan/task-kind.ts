import type { AgentTask, Check, Task } from '../../protocol/plan.ts';
import type { Order } from './order.ts';
import type { Placed, PlanContext, PlanParts, Report } from './parts.ts';

/** A light and a heavy course of a task. */
export type Course = 0 | 1;

/** How many turns an agent of this role spends on this task. */
export interface Work {
  task: AgentTask;
  role: string;
  turns: number;
}

/** What a task is checked against: all of the plan. */
export interface Surroundings {
  plan: PlanParts;
  tasks: ReadonlyMap<string, Task>;
  /** Ids of the tasks that write files. */
  writers: ReadonlySet<string>;
  order: Order;
  context: PlanContext;
}

/** All that a plan has to know of one kind of task; how it runs is said in team/task-runs.ts. */
export interface TaskKind<T extends Task = Task> {
  /** What it occupies while it runs. */
  slot: 'agent' | 'command' | 'none';
  /** Cut off, it is not run again unless a person says so: it may have changed the world. */
  once: boolean;
  /** In a word for people: who or what does it. */
  describe(task: T): string;
  /** What it does in full, where that is text. */
  instructions(task: T): string | undefined;
  /** Globs that it alone writes while it runs. */
  writes(task: T): readonly string[];
  publishes(task: T): readonly string[];
  consumes(task: T): readonly string[];
  /** What it says it is proved by. */
  checks(task: T): readonly Check[];
  /** Command lines that it runs by itself, in the words they are run in. */
  commands(task: T): string[];
  /** A task of its own mends what its checks find; otherwise whoever did the work does. */
  mended: boolean;
  /** How many outcomes must be good before it counts as proved; 0: nothing of its own shows it. */
  evidence(task: T): number;
  estimate(task: T, course: Course): { work: Work[]; seconds: number };
  /** What is wrong with it beyond its shape, and beyond what holds for tasks of every kind. */
  validate(placed: Placed<T>, around: Surroundings, report: Report): void;
}

const COMMAND_SECONDS = [5, 60] as const;

export const commandEstimate = (course: Course) => ({ work: [], seconds: COMMAND_SECONDS[course] });

/** What a kind is that says nothing else of itself. */
export const plainKind: TaskKind = {
  slot: 'none',
  once: false,
  describe: task => task.kind,
  instructions: () => undefined,
  writes: () => [],
  publishes: () => [],
  consumes: () => [],
  checks: () => [],
  commands: () => [],
  mended: false,
  evidence: () => 0,
  estimate: () => ({ work: [], seconds: 0 }),
  validate() {},
};

/** The command lines of checks. */
export const commandsOfChecks = (checks: readonly Check[]): string[] =>
  checks.flatMap(check => {
    if ('run' in check) return [check.run];
    if (!('artifact' in check)) return [];
    const { matches, serves } = check;
    return [...(matches?.run === undefined ? [] : [matches.run]), ...(serves?.start.map(part => part.run) ?? [])];
  });
