import * as z from 'zod';
import { AttachedImages } from './attached.ts';
import { Bug } from './bug.ts';
import { SessionHost } from './events.ts';
import { Name, NanoUsd, RelPath } from './ids.ts';
import { AskedBy } from './inbox.ts';
import { Member } from './member.ts';
import { Plan } from './plan.ts';
import { StoodOn } from './stood-on.ts';

const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape });
const request = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ kind: z.literal(kind), ...shape });

const at = z.number();
/** What a piece of work is about, beside its text. */
export const Attachment = z.strictObject({
  kind: z.enum(['file', 'selection', 'problem', 'test']),
  path: RelPath.optional(),
  from: z.number().int().positive().optional(),
  to: z.number().int().positive().optional(),
  text: z.string().max(100_000).optional(),
});

/** A workflow as it goes on its way: its plan, and the members that its tasks are for. */
export const QueuedWorkflow = z.strictObject({
  name: z.string().min(1),
  plan: Plan,
  /** Those it names, for where the team has no members of these names. */
  members: z.array(Member),
  /** It wants its result on a branch of its own. */
  deliver: z.boolean().optional(),
  /** How many of its runs there may be at once. */
  concurrency: z.number().int().positive().optional(),
});

/** What people say for a priority. */
export const PRIORITIES = { high: 8, medium: 5, low: 2 } as const;
const priority = z.number().int().min(0).max(10);
const words = {
  text: z.string().trim().min(1).max(100_000),
  /** A member, a pool or a role. */
  target: Name.optional(),
  priority,
  /** To be done by then: milliseconds since 1970. */
  due: at.optional(),
};
const item = z.string();
/** It is done in a working tree of its own, and goes to a branch. */
const deliver = z.boolean();

/** A check of a workflow, as it is known from one run to the next. */
const WorkflowCheck = z.object({ workflow: z.string(), task: Name, check: z.string() });

/** A bug that a run has left open, for whoever mends it. */
export const FoundBug = z.object({
  bug: Bug,
  /** It is that this check passed on an earlier commit and fails on a later one. */
  regression: WorkflowCheck.optional(),
  path: RelPath.optional(),
  /** By name: who has seen it and tries it again, and who wrote what it is in. */
  finder: z.string().optional(),
  writer: z.string().optional(),
});

const Who = z.enum(['user', 'trigger', 'agent', 'system']);

/** How a run of the station ended; `lost`: it died again and again, and is not resumed any more. */
export const RunOutcome = z.enum(['completed', 'failed', 'aborted', 'budget-spent', 'lost']);

/** What waits for a person in a session of the station. */
export const StationAsk = z.object({
  ask: z.string(),
  agent: z.string(),
  kind: z.enum(['permission', 'question']),
  what: z.string(),
});

/** What may be asked of a standing team, and of its queue where none stands. */
export const StationRequest = z.discriminatedUnion('kind', [
  request('queue-add', {
    ...words,
    /** Items that must be done first. */
    needs: z.array(item).optional(),
    attachments: z.array(Attachment).max(50).optional(),
    /** Images that show what is wanted. */
    attached: AttachedImages.optional(),
    workflow: QueuedWorkflow.optional(),
    deliver: deliver.optional(),
    /** Starts held. */
    held: z.boolean().optional(),
  }),
  request('queue-edit', {
    item,
    text: words.text.optional(),
    target: Name.nullable().optional(),
    priority: priority.optional(),
    due: at.nullable().optional(),
  }),
  /** Before another item; to the end where none is named. */
  request('queue-move', { item, before: item.optional() }),
  request('queue-hold', { item }),
  request('queue-release', { item }),
  request('queue-remove', { item, reason: z.string().optional() }),
  request('queue-retry', { item }),
  /** The whole team, or one member, takes nothing new. */
  request('pause', { member: Name.optional() }),
  request('unpause', { member: Name.optional() }),
  /** Ends what a member is at, or one run. */
  request('abort', { member: Name.optional(), run: z.string().optional(), reason: z.string().optional() }),
  request('stop', { reason: z.string().optional() }),
]);

const queue = [
  event('item-added', {
    item,
    text: z.string(),
    target: Name.optional(),
    priority,
    due: at.optional(),
    needs: z.array(item),
    attachments: z.array(Attachment).optional(),
    attached: AttachedImages.optional(),
    workflow: QueuedWorkflow.optional(),
    deliver: deliver.optional(),
    held: z.boolean().optional(),
    /** It is about mending this. */
    bug: FoundBug.optional(),
    by: Who,
    /** The request or the cause that brought it: it brings no other. */
    cause: z.string(),
    /** The run whose doing brought it. */
    after: z.string().optional(),
  }),
  event('item-changed', {
    item,
    text: z.string().optional(),
    target: Name.nullable().optional(),
    priority: priority.optional(),
    due: at.nullable().optional(),
  }),
  event('item-moved', { item, before: item.optional() }),
  event('item-held', { item, held: z.boolean() }),
  event('item-removed', { item, reason: z.string() }),
  event('item-retried', { item }),
] as const;

const runs = [
  /** Before anything of it happens: its session is known by name. */
  event('run-started', { run: z.string(), item, session: z.string(), members: z.array(Name) }),
  /** How often it was resumed because it had died; after a clean stop it counts no more. */
  event('run-resumed', { run: z.string(), attempt: z.number().int().nonnegative() }),
  event('run-waits', { run: z.string(), asks: z.array(StationAsk) }),
  /** It makes room for an item that is for now, as soon as its agents have finished their turns. */
  event('run-yields', { run: z.string(), to: item }),
  /** It rests, and goes on when it is its turn again: it made room, or no model answers until then. */
  event('run-set-aside', {
    run: z.string(),
    reason: z.string(),
    /** Its members take nothing until then. */
    until: at.optional(),
    /** Nothing may be spent until then. */
    broke: z.boolean().optional(),
    /** Nothing of it has happened: whoever is free may begin it anew. */
    unbegun: z.boolean().optional(),
  }),
  /** It died and is resumed at that time. */
  event('run-died', { run: z.string(), reason: z.string(), again: at }),
  event('run-ended', {
    run: z.string(),
    outcome: RunOutcome,
    reason: z.string(),
    /** How long agents were at it. */
    ms: z.number(),
    cost: NanoUsd.optional(),
    tokens: z.number().int().nonnegative().optional(),
    /** Whether anything was written in it. */
    wrote: z.boolean().optional(),
  }),
  event('run-health', {
    run: z.string(),
    state: z.enum(['well', 'silent', 'alert', 'over-budget', 'out-of-money']),
    text: z.string(),
  }),
] as const;

const checks = [
  /** What a check of a workflow said in a run; before the end of that run. */
  event('check-seen', {
    run: z.string(),
    ...WorkflowCheck.shape,
    ok: z.boolean(),
    on: StoodOn.optional(),
    /** It has both passed and failed on this very commit, or nothing had to be written to mend it. */
    unsteady: z.boolean().optional(),
    /** What is new about that. */
    note: z.string().optional(),
  }),
] as const;

const team = [
  event('station-started', {
    pid: z.number().int(),
    host: SessionHost,
    version: z.string(),
    members: z.array(Member),
    fallback: Name.optional(),
    /** Members of the last start that are none any more keep their history. */
    rehearsal: z.string().optional(),
  }),
  event('station-stopped', { reason: z.string() }),
  event('station-paused', { paused: z.boolean() }),
  event('member-paused', { member: Name, paused: z.boolean() }),
  event('member-parked', { member: Name, reason: z.string(), until: at }),
] as const;

const triggers = [
  /** A cause is admitted once, whatever it brought. */
  event('cause-admitted', {
    cause: z.string(),
    workflow: z.string(),
    item: item.optional(),
    note: z.string().optional(),
  }),
  event('schedule-missed', { workflow: z.string(), from: at, to: at, times: z.number().int().positive() }),
  /** Up to when schedules of a workflow have been looked at. */
  event('schedule-seen', { workflow: z.string(), until: at }),
  /** What stood outside when a trigger last looked: a branch's commit, or all that its files hold; absent: nobody looks any more. */
  event('outside-seen', { trigger: z.string(), mark: z.string().optional() }),
] as const;

const told = [
  event('notice', { level: z.enum(['info', 'warning', 'error']), text: z.string(), code: z.string().optional() }),
  event('request-received', { request: z.string(), body: StationRequest, by: AskedBy }),
  event('request-handled', { request: z.string(), ok: z.boolean(), message: z.string().optional() }),
  /** Stands for everything before it. */
  event('station-snapshot', { state: z.unknown() }),
] as const;

/** One fact in the journal of a standing team. */
export const StationEvent = z.discriminatedUnion('type', [...queue, ...runs, ...checks, ...team, ...triggers, ...told]);
export const STATION_VERSION = 1;
/** A request as it lies in the inbox. */
export const DroppedStationRequest = z.object({ at: z.number(), body: StationRequest, by: AskedBy });
export type WorkflowCheck = z.infer<typeof WorkflowCheck>;
export type FoundBug = z.infer<typeof FoundBug>;
export type Attachment = z.infer<typeof Attachment>;
export type QueuedWorkflow = z.infer<typeof QueuedWorkflow>;
export type RunOutcome = z.infer<typeof RunOutcome>;
export type StationAsk = z.infer<typeof StationAsk>;
export type StationRequest = z.infer<typeof StationRequest>;
export type StationEvent = z.infer<typeof StationEvent>;
