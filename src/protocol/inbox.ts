import * as z from 'zod';
import { AttachedImages } from './attached.ts';
import { ModelRef, Name, RelPath } from './ids.ts';

const request = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ kind: z.literal(kind), ...shape });

/** Whose pending changes: each field narrows it; none means all. */
const scope = {
  path: RelPath.optional(),
  hunks: z.array(z.string()).optional(),
  task: Name.optional(),
  agent: z.string().optional(),
  reason: z.string().optional(),
  /** What was looked at, by path: the hash of the file's content, or "none". Other files are not decided on. */
  seen: z.record(RelPath, z.string()).optional(),
  /** What becomes of the user's own edits inside rejected hunks. */
  edits: z.enum(['keep', 'discard']).optional(),
  /** Rejects what others built on it, too. */
  force: z.boolean().optional(),
};

/** What another process may ask of the one that owns a session. */
export const InboxRequest = z.discriminatedUnion('kind', [
  /** One agent, or the whole session. */
  request('abort', { agent: z.string().optional(), reason: z.string().optional() }),
  request('pause', { agent: z.string().optional(), reason: z.string().optional() }),
  request('unpause', { agent: z.string().optional() }),
  request('answer', {
    ask: z.string(),
    /** To a permission. */
    decision: z.enum(['allow', 'deny']).optional(),
    scope: z.enum(['once', 'session', 'always']).optional(),
    /** Allows for always the beginning that the question offers, whatever follows. */
    prefix: z.boolean().optional(),
    /** To a question; beside a decision, its reason. */
    text: z.string().optional(),
    /** To a question. */
    attached: AttachedImages.optional(),
  }),
  request('accept', scope),
  request('reject', scope),
  request('queue-add', {
    text: z.string().min(1),
    target: z.string().optional(),
    priority: z.number().int().min(0).max(10),
    attached: AttachedImages.optional(),
  }),
  request('queue-remove', { item: z.string() }),
  request('reassign', { agent: z.string(), route: z.array(ModelRef).min(1), reason: z.string().optional() }),
  /** What the session may cost from now on; what was paused for want of money goes on. */
  request('raise-budget', { sessionUsd: z.number().positive() }),
  /** A task that did not get done begins anew; without a name, all that failed or were cancelled. */
  request('retry', { task: Name.optional() }),
  /** Changes to a file go back to whoever wrote them, as work of its own. */
  request('mend', { path: RelPath, reason: z.string().min(1) }),
  request('resolve-finding', { finding: z.string(), how: z.string() }),
  /** To whoever only reviews the session: somebody wants to run it. */
  request('let-go', {}),
  /** With nothing left to spend: on with models that cost nothing. */
  request('go-local', {}),
  /** The plan that waits, as it was seen, or with its text edited. */
  request('approve-plan', { revision: z.number().int().positive(), plan: z.string().optional() }),
  request('nudge', { agent: z.string(), text: z.string().min(1) }),
]);

/** The name of the token with which somebody asked over HTTP; absent: a program of the user's own on this machine. */
export const AskedBy = Name.optional();

/** A request as it lies in the inbox: dated by the one who asks, in milliseconds since 1970. */
export const Dropped = z.object({ at: z.number(), body: InboxRequest, by: AskedBy });

export type InboxRequest = z.infer<typeof InboxRequest>;
export type Dropped = z.infer<typeof Dropped>;
