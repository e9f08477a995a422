import * as z from 'zod';
import { Name } from './ids.ts';
import { Plan } from './plan.ts';

/** What a workflow is told when it begins. */
export const WorkflowInput = z.strictObject({
  type: z.enum(['text', 'number', 'boolean', 'choice']).default('text'),
  description: z.string().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  choices: z.array(z.string()).min(1).optional(),
});

/** What starts a workflow, beside a person. */
export const WorkflowTrigger = z.strictObject({
  schedule: z
    .strictObject({
      cron: z.string().min(1).describe('Minute, hour, day, month, weekday, such as "0 7 * * 1-5"'),
      zone: z.string().optional().describe('A time zone such as Europe/Zurich; the one of the machine unless set'),
    })
    .optional(),
  /** The name of a workflow, and how it has to end; `completed` unless set. */
  ended: z
    .strictObject({ workflow: z.string().min(1), when: z.enum(['completed', 'failed', 'ended']).optional() })
    .optional(),
  commit: z
    .strictObject({ branch: z.string().min(1).max(200).describe('A branch of this repository, such as main') })
    .optional()
    .describe('New commits on a branch; those that came together begin it once'),
  changed: z
    .strictObject({
      files: z
        .array(z.string().min(1))
        .min(1)
        .max(50)
        .describe('Globs such as "src/**"; what "!" stands before is taken out, and what git ignores is not looked at'),
    })
    .optional()
    .describe('Files that are not what they were; those that changed together begin it once'),
});

/** A workflow file: a plan, and when it runs. */
export const Workflow = Plan.extend({
  name: z.string().min(1).max(100).optional(),
  inputs: z.record(Name, WorkflowInput).default({}).describe('What it is told; {{name}} in texts stands for it'),
  on: z.array(WorkflowTrigger).default([]).describe('What starts it, beside you and the queue'),
  concurrency: z.number().int().positive().default(1).describe('How many of its runs there may be at once'),
  deliver: z.boolean().default(false).describe('Its result goes to a branch of its own'),
  /** Who works in it, where no team of that name stands. */
  members: z
    .record(Name, z.strictObject({ role: Name.optional(), goodAt: z.string().optional() }))
    .default({})
    .describe('Members that its tasks name as roles, with what they are good at'),
});

export type WorkflowInput = z.infer<typeof WorkflowInput>;
export type Workflow = z.infer<typeof Workflow>;
