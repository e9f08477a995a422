import * as z from 'zod';
import { Name } from './ids.ts';

/** Proof that a task is done. Exactly one of the keys says which kind. */
export const Check = z.union([
  z.strictObject({
    run: z.string().min(1),
    timeoutSeconds: z.number().positive().optional(),
    name: z.string().optional(),
  }),
  z.strictObject({ exists: z.array(z.string().min(1)).min(1), name: z.string().optional() }),
  z.strictObject({
    artifact: Name,
    /** A JSON file or the output of a command that must satisfy the artifact read as a JSON Schema. */
    matches: z.strictObject({ file: z.string().optional(), run: z.string().optional() }).optional(),
    name: z.string().optional(),
  }),
]);

export const Priority = z.union([z.enum(['high', 'medium', 'low']), z.number().int().min(0).max(10)]);

/** What must have happened before a task may start: a task, or everything of a phase or pool. */
export const Need = z.union([
  Name,
  z.strictObject({ task: Name, when: z.enum(['completed', 'failed', 'ended', 'accepted']).optional() }),
  z.strictObject({ phase: Name }),
  z.strictObject({ pool: Name }),
]);

const common = {
  id: Name,
  title: z.string().min(1),
  phase: Name.optional(),
  needs: z.array(Need).default([]),
  priority: Priority.default('medium'),
  /** The session may complete although this one failed. */
  optional: z.boolean().default(false),
};

export const AgentTask = z.strictObject({
  kind: z.literal('agent').default('agent'),
  ...common,
  role: Name,
  instructions: z.string().min(1),
  pool: Name.optional(),
  /** Globs this task alone may write while it runs; none means it writes nothing. */
  writes: z.array(z.string().min(1)).default([]),
  publishes: z.array(Name).default([]),
  consumes: z.array(Name).default([]),
  checks: z.array(Check).default([]),
  complexity: z.enum(['simple', 'ui-test', 'normal', 'complex']).default('normal'),
  /** Review rounds after the work: the reviewer's blockers go back to the implementer until none is open. */
  review: z
    .strictObject({ role: Name.default('reviewer'), rounds: z.number().int().min(1).max(10).default(3) })
    .optional(),
  budgetUsd: z.number().positive().optional(),
  timeoutMinutes: z.number().positive().optional(),
});

export const CommandTask = z.strictObject({
  kind: z.literal('command'),
  ...common,
  run: z.string().min(1),
  timeoutSeconds: z.number().positive().optional(),
});

export const CheckTask = z.strictObject({ kind: z.literal('check'), ...common, checks: z.array(Check).min(1) });

export const ApprovalTask = z.strictObject({
  kind: z.literal('approval'),
  ...common,
  /** What the person is asked; with `changes`, it waits until the named tasks' changes are accepted. */
  question: z.string().min(1).optional(),
  changes: z.array(Name).optional(),
});

export const Task = z.union([AgentTask, CommandTask, CheckTask, ApprovalTask]);

/** A workflow file and a plan made by the planner: the same format. */
export const Plan = z.strictObject({
  goal: z.string().min(1),
  /** Why this shape: one agent or many, what runs side by side. */
  rationale: z.string().optional(),
  phases: z.array(Name).default([]),
  /** Slots of a pool: how many of its tasks run at once. */
  pools: z
    .record(Name, z.strictObject({ slots: z.number().int().positive(), roles: z.array(Name).optional() }))
    .default({}),
  tasks: z.array(Task).min(1),
});

export type Check = z.infer<typeof Check>;
export type Priority = z.infer<typeof Priority>;
export type Need = z.infer<typeof Need>;
export type AgentTask = z.infer<typeof AgentTask>;
export type CommandTask = z.infer<typeof CommandTask>;
export type CheckTask = z.infer<typeof CheckTask>;
export type ApprovalTask = z.infer<typeof ApprovalTask>;
export type Task = z.infer<typeof Task>;
export type Plan = z.infer<typeof Plan>;
