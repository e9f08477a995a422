import * as z from 'zod';
import { LongText } from './events.ts';
import { ModelRef, Name } from './ids.ts';

const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape });

/** An object of git, by its full name. */
const Oid = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
const Branch = z.string().min(1).max(250);

/** Who wrote something that is delivered. */
export const DeliveryAuthor = z.object({
  agent: z.string(),
  role: z.string().optional(),
  task: Name.optional(),
  model: ModelRef.optional(),
});

/** Who says yes: a person at a terminal or editor, or a reviewer of the team. */
export const Approver = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), name: z.string() }),
  z.object({ kind: z.literal('reviewer'), agent: z.string(), model: ModelRef }),
]);

const ConflictSeen = z.object({ path: z.string(), about: z.string(), hunks: z.array(z.string()) });

/** What becomes of one ref. An absent id: there is no such ref. */
const RefStep = { ref: z.string(), from: Oid.optional(), to: Oid.optional() };

const deliveries = [
  event('delivery-opened', {
    delivery: Name,
    title: z.string(),
    session: z.string(),
    task: Name.optional(),
    /** Where it goes: the name of a branch. */
    target: Branch,
    branch: Branch,
    base: Oid,
    authors: z.array(DeliveryAuthor),
    files: z.array(z.string()),
    /** Accepted, and left out because git ignores it. */
    ignored: z.array(z.string()).optional(),
    /** What nobody has decided on is in it, too: it was made in a working tree of its own, and is judged as a whole. */
    unreviewed: z.literal(true).optional(),
  }),
  /** Its branch is made anew of what its session has by now. */
  event('delivery-rebuilt', {
    delivery: Name,
    base: Oid,
    authors: z.array(DeliveryAuthor),
    files: z.array(z.string()),
    ignored: z.array(z.string()).optional(),
    /** After a conflict, files in which the author has brought both sides together. */
    mended: z.array(z.string()).optional(),
  }),
  event('delivery-held', { delivery: Name, reason: z.string() }),
  event('delivery-released', { delivery: Name }),
  /** It goes nowhere any more: somebody took it out, or a newer one stands in its place. */
  event('delivery-dropped', { delivery: Name, reason: z.string() }),
  /** It does not fit what is on the target by now. */
  event('delivery-conflicted', { delivery: Name, onto: Oid, conflicts: z.array(ConflictSeen) }),
  /** The checks failed on it alone. */
  event('delivery-red', { delivery: Name, candidate: Name }),
  /** Nothing of it was missing on the target. */
  event('delivery-contained', { delivery: Name, ref: z.string(), commit: Oid }),
] as const;

const candidates = [
  event('candidate-made', {
    candidate: Name,
    deliveries: z.array(Name).min(1),
    target: Branch,
    /** What the target was, and what the candidate was made on. */
    targetAt: Oid,
    /** Of the branch that waits beside a target which is checked out. */
    asideAt: Oid.optional(),
    onto: Oid,
    commit: Oid,
    tree: Oid,
  }),
  event('checks-began', { candidate: Name }),
  event('candidate-check', {
    candidate: Name,
    command: z.string(),
    ok: z.boolean(),
    exit: z.number().int().optional(),
    ms: z.number(),
    output: LongText,
  }),
  event('checks-over', { candidate: Name, ok: z.boolean(), why: z.string().optional() }),
  /** Binds to exactly this tree on exactly this target. */
  event('candidate-approved', { candidate: Name, tree: Oid, targetAt: Oid, by: Approver }),
  event('candidate-void', { candidate: Name, reason: z.string() }),
] as const;

const steps = [
  /** Flushed before git is told to. */
  event('ref-intent', {
    step: Name,
    /** `branch`: a delivery's own; `land`: where it goes; `clean`: what went is taken away. */
    kind: z.enum(['branch', 'land', 'clean']),
    ...RefStep,
    candidate: Name.optional(),
    delivery: Name.optional(),
  }),
  event('ref-outcome', {
    step: Name,
    outcome: z.enum(['done', 'moved', 'failed', 'left']),
    why: z.string().optional(),
    /** It was found done, or done, after a crash. */
    settled: z.literal(true).optional(),
  }),
  event('pushed', { branch: Branch, remote: z.string(), commit: Oid }),
  event('pull-request-opened', { delivery: Name, url: z.string().optional() }),
  /** The user's checkout took what waited beside its branch. */
  event('fast-forwarded', { target: Branch, from: Oid, to: Oid }),
] as const;

const deployments = [
  event('deploy-intent', {
    deployment: Name,
    environment: Name,
    commit: Oid,
    by: Approver,
    command: z.string(),
    secrets: z.array(z.string()),
  }),
  event('deploy-command', {
    deployment: Name,
    part: z.enum(['deploy', 'health', 'rollback']),
    ok: z.boolean(),
    exit: z.number().int().optional(),
    ms: z.number(),
    output: LongText,
  }),
  event('deploy-outcome', {
    deployment: Name,
    outcome: z.enum(['live', 'failed', 'rolled-back', 'rollback-failed', 'unknown']),
    why: z.string().optional(),
  }),
  event('deploy-approved', { environment: Name, commit: Oid, by: Approver }),
] as const;

export const DeliveryEvent = z.discriminatedUnion('type', [...deliveries, ...candidates, ...steps, ...deployments]);

export type DeliveryEvent = z.infer<typeof DeliveryEvent>;
export type DeliveryEventOf<T extends DeliveryEvent['type']> = Extract<DeliveryEvent, { type: T }>;
/** As it stands in the journal. */
export type DeliveryRecord = DeliveryEvent & { v: number; seq: number; at: number };
export type DeliveryAuthor = z.infer<typeof DeliveryAuthor>;
export type Approver = z.infer<typeof Approver>;
