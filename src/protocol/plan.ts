import * as z from 'zod';
import { Name } from './ids.ts';

const alone = z.boolean().optional().describe('It needs the workspace quiet: waits until no other task writes');

/** Proof that a task is done. Exactly one of the keys says which kind. */
export const Check = z.union([
  z.strictObject({
    run: z.string().min(1).describe('A command that must end with exit code 0'),
    timeoutSeconds: z
      .number()
      .positive()
      .optional()
      .describe('300 unless set, more where it took long before; at least twice what the command takes'),
    alone,
    name: z.string().optional(),
  }),
  z.strictObject({
    exists: z.array(z.string().min(1)).min(1).describe('Files that must be there and not be empty'),
    name: z.string().optional(),
  }),
  z.strictObject({
    artifact: Name.describe('An artifact that must have been published'),
    matches: z
      .strictObject({ file: z.string().optional(), run: z.string().optional() })
      .optional()
      .describe('A JSON file, or a command that prints JSON, that must satisfy the artifact read as a JSON Schema'),
    serves: z
      .strictObject({
        start: z
          .array(
            z.strictObject({
              run: z.string().min(1).describe('Starts a part, which stays; {port} is its own port, also in PORT'),
              health: z.string().min(1).describe('What answers when it is ready: http://127.0.0.1:{port}/…'),
            }),
          )
          .min(1)
          .describe('Each started when the one before it answers; {port1} is the port of the first'),
        url: z.string().optional().describe('Where the contract is served; the origin of the first part unless set'),
        timeoutSeconds: z.number().positive().optional().describe('How long each part may take until it answers'),
      })
      .optional()
      .describe(
        'Parts that must keep the artifact read as OpenAPI 3: started, and every operation tried, with wrong requests and from another origin too',
      ),
    alone,
    name: z.string().optional(),
  }),
]);

export const Priority = z.union([z.enum(['high', 'medium', 'low']), z.number().int().min(0).max(10)]);

/** What must have happened before a task may start: a task, or everything of a phase or pool. */
export const Need = z.union([
  Name,
  z.strictObject({
    task: Name,
    when: z
      .enum(['completed', 'failed', 'ended', 'accepted', 'approved'])
      .optional()
      .describe(
        'completed unless set; approved: its agent judges the work before it, and sends it back until it approves',
      ),
    rounds: z.number().int().min(0).max(10).optional().describe('approved: so often it may be sent back'),
  }),
  z.strictObject({ phase: Name }),
  z.strictObject({ pool: Name }),
]);

const common = {
  id: Name,
  title: z.string().min(1),
  phase: Name.optional().describe('Such as setup, development, integration, validation'),
  needs: z.array(Need).default([]).describe('What must have happened before it starts'),
  priority: Priority.default('medium').describe('10 is the most urgent; high is 8, medium 5, low 2'),
  optional: z.boolean().default(false).describe('The session may complete although this one failed'),
};

export const AgentTask = z.strictObject({
  kind: z
    .literal('agent')
    .default('agent')
    .describe('agent: a role works by instructions; command: run; check: checks; approval: a person is asked'),
  ...common,
  role: Name,
  instructions: z.string().min(1).describe('All that the agent needs to know; it sees nothing of other tasks'),
  pool: Name.optional(),
  writes: z
    .array(z.string().min(1))
    .default([])
    .describe('Globs this task alone may write while it runs; none: it writes nothing'),
  publishes: z.array(Name).default([]).describe('Artifacts it hands to other tasks'),
  consumes: z.array(Name).default([]).describe('Artifacts it reads; their publishers must come before'),
  checks: z
    .array(Check)
    .default([])
    .describe(
      'What proves that it is done, run when the agent finishes: one of run, exists and artifact each. Every task that writes should have one',
    ),
  complexity: z
    .enum(['simple', 'ui-test', 'normal', 'complex'])
    .default('normal')
    .describe(
      'Always set it: it picks the model. simple: routine work; normal: most work; complex: hard or risky; ui-test: drives a user interface',
    ),
  review: z
    .strictObject({ role: Name.default('reviewer'), rounds: z.number().int().min(1).max(10).default(3) })
    .optional()
    .describe(
      "Where a mistake costs much or no check proves the work: another agent reads it, and the reviewer's blockers go back until none is open",
    ),
  budgetUsd: z.number().positive().optional().describe('The most it may cost, all attempts and reviews together'),
  timeoutMinutes: z.number().positive().optional(),
});

export const CommandTask = z.strictObject({
  kind: z.literal('command'),
  ...common,
  run: z.string().min(1).describe('What a command runs'),
  timeoutSeconds: z.number().positive().optional(),
});

export const CheckTask = z.strictObject({ kind: z.literal('check'), ...common, checks: z.array(Check).min(1) });

export const ApprovalTask = z.strictObject({
  kind: z.literal('approval'),
  ...common,
  question: z.string().min(1).optional().describe('What the person is asked'),
  changes: z.array(Name).optional().describe('Waits until the changes of these tasks are accepted'),
});

export const DeployTask = z.strictObject({
  kind: z.literal('deploy'),
  ...common,
  /** Where what has landed goes: the name of an environment of the configuration. */
  environment: Name,
});

/** The kinds of task there are. What else there is to know of each, core/plan/task-kinds.ts and core/team/task-runs.ts say. */
export const taskSchemas = {
  agent: AgentTask,
  command: CommandTask,
  check: CheckTask,
  approval: ApprovalTask,
  deploy: DeployTask,
};

export const Task = z.union(Object.values(taskSchemas));

/** A workflow file and a plan made by the planner: the same format. */
export const Plan = z.strictObject({
  goal: z.string().min(1),
  rationale: z.string().optional().describe('Why this shape: one agent or many, what runs side by side'),
  phases: z.array(Name).default([]),
  pools: z
    .record(
      Name,
      z.strictObject({
        slots: z.number().int().positive().describe('How many of its tasks run at once'),
        roles: z.array(Name).optional().describe('Tasks of these roles belong to it'),
      }),
    )
    .default({}),
  tasks: z.array(Task).min(1),
});

const { deploy: _, ...proposable } = taskSchemas;

/** What a model may propose: whether anything is deployed, people say. */
export const ProposedPlan = Plan.extend({ tasks: z.array(z.union(Object.values(proposable))).min(1) });

export type Check = z.infer<typeof Check>;
export type Priority = z.infer<typeof Priority>;
export type Need = z.infer<typeof Need>;
export type AgentTask = z.infer<typeof AgentTask>;
export type CommandTask = z.infer<typeof CommandTask>;
export type CheckTask = z.infer<typeof CheckTask>;
export type DeployTask = z.infer<typeof DeployTask>;
export type ApprovalTask = z.infer<typeof ApprovalTask>;
export type Task = z.infer<typeof Task>;
export type Plan = z.infer<typeof Plan>;

export const isAgentTask = (task: Task): task is AgentTask => task.kind === 'agent';
