import * as z from 'zod';
import { Name, NanoUsd } from './ids.ts';
import { MemberStanding } from './member.ts';
import { Attachment, RunOutcome, StationAsk, StationRequest } from './station.ts';

/** What is said over HTTP of the standing team, its queue, and what becomes of accepted work. */

const at = z.number();
const count = z.number().int().nonnegative();

export const QueueItem = z.object({
  id: z.string(),
  text: z.string(),
  target: z.string().optional(),
  priority: z.number().int(),
  due: at.optional(),
  needs: z.array(z.string()),
  status: z.enum(['waiting', 'held', 'running', 'done', 'failed', 'removed']),
  addedAt: at,
  by: z.enum(['user', 'trigger', 'agent', 'system']),
  /** The workflow that it is. */
  workflow: z.string().optional(),
  /** The sessions that worked on it, newest last. */
  sessions: z.array(z.string()),
  /** When it will begin, as things stand. */
  begins: at.optional(),
  /** Why it does not begin. */
  waits: z.string().optional(),
  endedAt: at.optional(),
  note: z.string().optional(),
});

const MemberItem = z.object({
  name: Name,
  role: Name,
  pool: Name.optional(),
  worker: Name.optional(),
  models: z.array(z.string()).optional(),
  standing: MemberStanding,
  /** What it is at. */
  item: z.string().optional(),
  session: z.string().optional(),
  done: count,
  failed: count,
  ms: z.number(),
  cost: NanoUsd,
});

const RunItem = z.object({
  id: z.string(),
  item: z.string(),
  session: z.string(),
  members: z.array(z.string()),
  startedAt: at,
  /** How often it was resumed after it died. */
  resumed: count,
  asks: z.array(StationAsk),
  health: z.object({ state: z.string(), text: z.string() }).optional(),
  outcome: RunOutcome.optional(),
  reason: z.string().optional(),
  cost: NanoUsd.optional(),
});

/** The standing team of a workspace, whoever runs it. */
export const TeamSnapshot = z.object({
  workspace: z.string(),
  seq: count,
  /** Whether it stands. */
  runs: z.boolean(),
  /** What kind of program runs it. */
  host: z.string().optional(),
  paused: z.boolean(),
  fallback: z.string().optional(),
  members: z.array(MemberItem),
  items: z.object({ waiting: count, held: count, running: count, done: count, failed: count, removed: count }),
  runningNow: z.array(RunItem),
  /** Checks of workflows that passed in an earlier run and fail now, or are not steady. */
  checks: z.array(
    z.object({ workflow: z.string(), task: Name, check: z.string(), text: z.string(), item: z.string().optional() }),
  ),
  notices: z.array(z.object({ level: z.string(), text: z.string(), at })),
});

const addition = StationRequest.options[0];

/** Work for the queue: as in a request, without its kind; a time may be written as ISO 8601. */
export const AddToQueue = z.strictObject({
  text: addition.shape.text,
  target: addition.shape.target,
  priority: z.union([z.enum(['high', 'medium', 'low']), addition.shape.priority]).default('medium'),
  due: z.union([at, z.iso.datetime({ offset: true })]).optional(),
  needs: addition.shape.needs,
  attachments: z.array(Attachment).max(50).optional(),
  held: z.boolean().optional(),
});

export const WorkflowItem = z.object({
  name: z.string(),
  file: z.string(),
  goal: z.string(),
  inputs: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      description: z.string().optional(),
      choices: z.array(z.string()).optional(),
      default: z.string().optional(),
    }),
  ),
  tasks: count,
  deliver: z.boolean(),
});

export const StartWorkflow = z.strictObject({
  inputs: z.record(Name, z.string().max(100_000)).default({}),
  priority: AddToQueue.shape.priority,
});

const CandidateItem = z.object({
  candidate: z.string(),
  /** Those that are tried together. */
  deliveries: z.array(z.string()),
  /** What it was made on, and what it is: see `git diff onto commit`. */
  onto: z.string(),
  commit: z.string(),
  checks: z.enum(['none', 'running', 'green', 'red']),
  results: z.array(z.object({ command: z.string(), ok: z.boolean(), output: z.string() })),
});

export const DeliveryItem = z.object({
  delivery: z.string(),
  title: z.string(),
  session: z.string(),
  task: z.string().optional(),
  branch: z.string(),
  target: z.string(),
  status: z.enum(['opened', 'ready', 'held', 'conflicted', 'red', 'landed', 'dropped']),
  at,
  files: z.array(z.string()),
  note: z.string().optional(),
  conflicts: z.array(z.object({ path: z.string(), about: z.string(), hunks: z.array(z.string()) })).optional(),
  landed: z.object({ ref: z.string(), commit: z.string(), at }).optional(),
  /** The last that was made with it. */
  candidate: CandidateItem.optional(),
  /** It waits for a yes: to its candidate, just as it is. */
  waits: z.boolean(),
});

export const Deliver = z.strictObject({
  session: z.string().max(64),
  task: Name.optional(),
  target: z.string().max(250).optional(),
  title: z.string().max(500).optional(),
});
export const ApproveDelivery = z.strictObject({
  /** The one that was seen. */
  candidate: z.string(),
});
export const Reason = z.strictObject({ reason: z.string().max(2000).optional() });
export const Target = z.strictObject({ target: z.string().max(250).optional() });
export const Land = Target.extend({
  /** Agrees that the checks, which run agents' code, run as your own commands where no sandbox holds them. */
  unheld: z.boolean().optional(),
});

export const Landing = z.object({
  target: z.string(),
  landed: z.array(z.object({ deliveries: z.array(z.string()), ref: z.string(), commit: z.string() })),
  /** The candidate that waits for a yes. */
  waiting: z.string().optional(),
  stopped: z.string().optional(),
  checks: z.array(z.string()),
});

/** What waits for a person, wherever it waits. */
export const ApprovalItem = z.object({
  id: z.string(),
  kind: z.enum(['plan', 'permission', 'question', 'delivery']),
  session: z.string(),
  what: z.string(),
  agent: z.string().optional(),
  /** Where it is answered. */
  answer: z.string(),
});

export type QueueItem = z.infer<typeof QueueItem>;
export type TeamSnapshot = z.infer<typeof TeamSnapshot>;
export type DeliveryItem = z.infer<typeof DeliveryItem>;
export type ApprovalItem = z.infer<typeof ApprovalItem>;
