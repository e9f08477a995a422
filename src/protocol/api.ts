import * as z from 'zod';
import { OverviewView, SessionView, tables } from './dashboard-rows.ts';
import { Name, RelPath } from './ids.ts';
import { InboxRequest } from './inbox.ts';
import { TranscriptEntry } from './transcript.ts';

/** What is said over HTTP, in both directions: the OpenAPI document is made of these schemas. */

const count = z.number().int().nonnegative();

/** What is wrong, as RFC 9457 says it; `code` is the stable word for programs. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  /** What is wrong with which part of what was sent. */
  errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
});

export const TokenAccess = z.enum(['read', 'full']);

export const WhoAmI = z.object({
  /** The name of the token. */
  token: z.string(),
  access: TokenAccess,
  version: z.string(),
});

export const TokenItem = z.object({ name: z.string(), access: TokenAccess, createdAt: z.number() });

export const WorkspaceItem = z.object({
  name: z.string(),
  folder: z.string(),
  /** Nothing is begun or decided in it. */
  readOnly: z.boolean(),
});

export const SessionItem = z.object({
  id: z.string(),
  workspace: z.string(),
  goal: z.string().optional(),
  startedAt: z.number().optional(),
  lastAt: z.number(),
  /** How it ended; absent while it runs, and where it was cut off. */
  outcome: z.string().optional(),
  runs: z.boolean(),
  /** What kind of program runs or reviews it. */
  host: z.string().optional(),
  /** Where it comes from; only `own` ones are acted on. */
  origin: z.string(),
});

/** A session as it stands after the event `seq`, in the rows that the dashboard shows. */
export const SessionSnapshot = z.object({
  id: z.string(),
  workspace: z.string(),
  seq: count,
  runs: z.boolean(),
  session: SessionView,
  overview: OverviewView,
  asks: z.array(tables.asks),
  agents: z.array(tables.agents),
  tasks: z.array(tables.tasks),
  budget: z.array(tables.budget),
  providers: z.array(tables.providers),
  models: z.array(tables.models),
  queue: z.array(tables.queue),
});

/** One of those that come with the program: no path is followed for anybody. */
const Script = z.string().regex(/^[\w-]{1,64}$/);

export const StartSession = z.strictObject({
  /** May be left out where only one workspace is served. */
  workspace: z.string().optional(),
  goal: z.string().min(1).optional(),
  /** A workflow as YAML, instead of a plan by the planner. */
  workflow: z.string().optional(),
  budgetUsd: z.number().positive().optional(),
  /** The only specialists that the planner may choose. */
  roles: z.array(z.string()).optional(),
  /** The name of a script: its models are scripted. */
  rehearse: Script.optional(),
});

export const ResumeSession = z.strictObject({
  budgetUsd: z.number().positive().optional(),
  /** Something more to do. */
  more: z.array(z.strictObject({ text: z.string().min(1), target: z.string().optional() })).optional(),
  /** A task to try again, or all that failed. */
  retry: z.union([z.literal('all'), z.strictObject({ task: Name })]).optional(),
  rehearse: Script.optional(),
});

export const SessionRef = z.object({ id: z.string(), workspace: z.string() });

export const PlanText = z.object({
  revision: count,
  approved: z.boolean(),
  /** Whether it waits for approval. */
  waits: z.boolean(),
  yaml: z.string(),
});

export const ApprovePlan = z.strictObject({
  /** Of the plan that was seen. */
  revision: z.number().int().positive(),
  /** Its text as YAML, edited. */
  plan: z.string().optional(),
});
export const RefusePlan = z.strictObject({
  /** What should be different: then another plan is made. Without it the session ends. */
  reason: z.string().min(1).optional(),
});

export const RequestDone = z.object({
  /** Under which id it stands in the journal; absent where it was not left for a running session. */
  request: z.string().optional(),
  ok: z.boolean(),
  message: z.string().optional(),
});

const Author = z.object({ agent: z.string(), task: z.string().optional(), model: z.string().optional() });
const Span = z.object({ start: count, count });

export const HunkItem = z.object({
  id: z.string(),
  kind: z.enum(['added', 'removed', 'changed', 'file-created', 'file-deleted', 'file-content']),
  /** Lines counted from 0: in the file as it is, and in what it is compared with. */
  current: Span,
  base: Span,
  authors: z.array(Author),
  /** The user changed something in it. */
  edited: z.boolean(),
});

export const ChangeItem = z.object({
  path: RelPath,
  change: z.enum(['created', 'deleted', 'modified']),
  renamedFrom: RelPath.optional(),
  hunks: count,
  added: count,
  removed: count,
  authors: z.array(Author),
  /** Why it should be looked at before all others. */
  mark: z.string().optional(),
  /** Names the content that was seen: a decision that repeats it is made on nothing else. */
  seen: z.string(),
});

/** A file that waits for review, with its hunks and both texts. */
export const ChangedFile = ChangeItem.omit({ hunks: true }).extend({
  hunks: z.array(HunkItem),
  /** Null where there is no such file; absent where it is no text, or too long to be shown. */
  before: z.string().nullable().optional(),
  after: z.string().nullable().optional(),
  /** As a unified diff, hunk by hunk. */
  diff: z.string().optional(),
});

export const DecideChanges = z.strictObject({
  path: RelPath.optional(),
  hunks: z.array(z.string()).optional(),
  task: Name.optional(),
  agent: z.string().optional(),
  /** Goes back to the agent. */
  reason: z.string().optional(),
  /** What was looked at, by path, as the list of changes names it. Other files are not decided on. */
  seen: z.record(RelPath, z.string()).optional(),
  edits: z.enum(['keep', 'discard']).optional(),
  force: z.boolean().optional(),
});

export const Transcript = z.object({
  agent: z.string(),
  entries: z.array(TranscriptEntry),
  next: z.string().optional(),
});

export const Doctor = z.object({
  problems: z.array(z.looseObject({})),
  diagnoses: z.array(z.looseObject({})),
  workers: z.array(z.looseObject({})),
  sandbox: z.looseObject({}),
});

export const RoleItem = z.object({ name: z.string(), description: z.string() });

/** What may be asked of a session in general; plans and changes have addresses of their own as well. */
export const SessionRequest = InboxRequest;

/** A page of a list: `next` is the `cursor` of the page after it. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() });

export const SignIn = z.strictObject({ token: z.string().min(1).max(200) });
/** What a page keeps for itself: the cookie alone opens nothing. */
export const SignedIn = WhoAmI.extend({ key: z.string() });

export type Problem = z.infer<typeof Problem>;
export type TokenAccess = z.infer<typeof TokenAccess>;
export type WhoAmI = z.infer<typeof WhoAmI>;
export type TokenItem = z.infer<typeof TokenItem>;
export type SessionItem = z.infer<typeof SessionItem>;
export type SessionSnapshot = z.infer<typeof SessionSnapshot>;
export type ChangeItem = z.infer<typeof ChangeItem>;
export type ChangedFile = z.infer<typeof ChangedFile>;
export type HunkItem = z.infer<typeof HunkItem>;
export type SignedIn = z.infer<typeof SignedIn>;
