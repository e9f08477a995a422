import * as z from 'zod';
import { AttachedImages } from './attached.ts';
import { Bug } from './bug.ts';
import { ContractOutcome } from './contract.ts';
import { Hash, ModelRef, Name, NanoUsd, RelPath } from './ids.ts';
import { AskedBy, InboxRequest } from './inbox.ts';
import { Member } from './member.ts';
import { CallIntent, CallResult, ErrorClass, Message, Outage, Usage } from './message.ts';
import { Check, Plan, Task } from './plan.ts';
import { StoodOn } from './stood-on.ts';
import { Coverage, TestFigures } from './tests.ts';

const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape });

const who = z.enum(['user', 'planner', 'orchestrator', 'supervisor', 'scheduler', 'router', 'policy', 'system']);
export const Severity = z.enum(['blocker', 'major', 'minor', 'note']);
export const Rung = z.enum(['nudge', 'fresh-attempt', 'other-provider', 'escalation', 'ask-user']);
export const BudgetScope = z.enum(['session', 'agent', 'provider', 'day']);
/** What kind of program runs a session. */
export const SessionHost = z.enum(['terminal', 'editor', 'server']);
export const SessionOutcome = z.enum(['completed', 'failed', 'aborted', 'budget-spent', 'interrupted']);
export const AgentOutcome = z.enum(['completed', 'failed', 'aborted', 'replaced', 'interrupted']);
/** One step of an agent's own list. */
export const Step = z.object({ text: z.string(), state: z.enum(['todo', 'doing', 'done']) });
/** A version of a file as an agent knows it; null: there is no such file. */
export const SeenVersion = z.object({
  path: RelPath,
  hash: Hash.nullable(),
  lines: z
    .object({
      from: z.number().int().positive(),
      to: z.number().int().nonnegative(),
      of: z.number().int().nonnegative(),
    })
    .optional(),
});
/** Kept inline when short; long text goes to a blob and leaves its beginning here. */
export const LongText = z.object({ text: z.string(), blob: Hash.optional(), bytes: z.number().int().optional() });

/** An image as models see it; its content is in the blob. */
const ShownImage = z.object({ mediaType: z.string(), blob: Hash });

/** Whose an outcome or an answer is; absent in older journals, and filled in when they are read. */
const whose = { agent: z.string().optional(), task: Name.optional() };

/** Images that a person handed in with it, kept as artifacts of theirs. */
const attached = { attached: AttachedImages.optional() };

const SessionTree = z.object({ path: z.string(), base: z.string() });

const session = [
  event('session-started', {
    session: z.string(),
    goal: z.string(),
    ...attached,
    version: z.string(),
    workspace: z.string(),
    /** A working tree of its own, made from this commit, where its agents write; absent: they write in the workspace. */
    tree: SessionTree.optional(),
    orchestrator: ModelRef.optional(),
    rehearsal: z.boolean(),
    /** Of a rehearsal: its script, by the name of one of ours or by its path, so that it can be resumed. */
    script: z.string().optional(),
    budget: z.object({ sessionUsd: NanoUsd.optional(), alertAt: z.number() }),
    /** The workflow it was started with, so that a run that is cut off before it is proposed still has it. */
    workflow: Plan.optional(),
    /** Members of a standing team that work in it: each is a role under its own name. */
    members: z.array(Member).optional(),
    by: AskedBy,
    /** Under which id it was asked for: the same request starts no second one. */
    request: z.string().optional(),
  }),
  event('session-resumed', { pid: z.number().int(), host: SessionHost, version: z.string(), by: AskedBy }),
  event('session-paused', { by: who, reason: z.string() }),
  event('session-unpaused', { by: who }),
  /** What became of its branch, where it has one. */
  event('branch-delivered', {
    outcome: z.enum(['built', 'nothing', 'landed', 'waiting', 'conflicted', 'red', 'refused']),
    branch: z.string().optional(),
    delivery: z.string().optional(),
    message: z.string(),
    /** What its author is asked to do about it. */
    fix: z.string().optional(),
    /** The role of that author. */
    author: Name.optional(),
  }),
  event('session-ended', { outcome: SessionOutcome, reason: z.string() }),
  event('phase-started', { phase: Name }),
  event('phase-ended', { phase: Name }),
] as const;

/** An agent that has not begun. */
export const PlannedAgent = z.object({
  agent: z.string(),
  role: Name,
  task: Name,
  part: z.enum(['work', 'review']),
  route: z.array(ModelRef),
  /** The CLI agent that is to do the work. */
  worker: Name.optional(),
  /** Why its route begins as it does. */
  why: z.string(),
});

const planning = [
  event('plan-proposed', {
    plan: Plan,
    revision: z.number().int().positive(),
    source: z.enum(['planner', 'file', 'user', 'replan']),
    estimate: z
      .object({
        low: NanoUsd.optional(),
        high: NanoUsd.optional(),
        tokens: z.number().int().optional(),
        minutes: z.number().optional(),
        /** What the figures rest on, in words, with the ranges. */
        basis: z.string().optional(),
      })
      .optional(),
  }),
  event('plan-refused', {
    errors: z.array(z.string()),
    attempt: z.number().int(),
    source: z.enum(['planner', 'file', 'user', 'replan']),
  }),
  event('plan-approved', {
    revision: z.number().int().positive(),
    by: who,
    /** Of the plan that the user saw and agreed to; absent where no user did. */
    hash: Hash.optional(),
  }),
  event('task-added', {
    task: Task,
    by: who,
    reason: z.string().optional(),
    /** The task whose checks failed, and which waits until what failed is mended. */
    repairs: Name.optional(),
  }),
  /** A task was changed while the plan stays as it is otherwise, even while it runs. */
  event('task-changed', { task: Task, by: who, reason: z.string() }),
  /** Who is to do what, before anybody begins: whoever begins by the plan does so under this name. */
  event('roster-planned', { agents: z.array(PlannedAgent) }),
] as const;

const tasks = [
  /** A file beyond those that the plan gave the task, and that no other unfinished task claims. */
  event('claim-granted', { task: Name, agent: z.string(), path: RelPath }),
  event('task-started', { task: Name, attempt: z.number().int().positive(), agent: z.string().optional() }),
  event('task-waiting', { task: Name, on: z.string() }),
  event('check-started', {
    task: Name,
    check: Check,
    id: z.string(),
    /** The round whose work it judges; absent for tasks that are checks. */
    round: z.number().int().positive().optional(),
  }),
  event('check-ended', {
    task: Name,
    id: z.string(),
    check: Check,
    round: z.number().int().positive().optional(),
    ok: z.boolean(),
    exit: z.number().int().optional(),
    ms: z.number(),
    /** It says nothing of the work: it was not allowed to run, or was ended when its time was up. */
    fault: z.enum(['refused', 'timed-out']).optional(),
    /** It was cut off with the process that ran it: nothing is known of how it would have ended. */
    interrupted: z.boolean().optional(),
    /** As a known test runner printed or wrote them. */
    tests: TestFigures.optional(),
    coverage: Coverage.optional(),
    /** What came of the contract that it held something against, operation by operation. */
    contract: ContractOutcome.optional(),
    /** In a session of a standing team, what it ran on; absent where nobody can tell. */
    on: StoodOn.optional(),
    output: LongText.optional(),
  }),
  event('task-completed', { task: Name, summary: z.string() }),
  event('task-failed', {
    task: Name,
    reason: z.string(),
    final: z.boolean(),
    /** Nothing is wrong with the work: no model answered, and it can be tried again when they do. */
    outage: Outage.optional(),
  }),
  event('task-skipped', { task: Name, reason: z.string() }),
  /** It is not wanted any more, however it ended: nothing waits for it, and nobody asks whether it is done. */
  event('task-dropped', { task: Name, by: who, reason: z.string() }),
  event('task-cancelled', { task: Name, by: who, reason: z.string() }),
  /** What failed, was cancelled or was skipped begins anew. */
  event('task-retried', { task: Name, by: who }),
  event('round-started', {
    task: Name,
    round: z.number().int().positive(),
    kind: z.enum(['implement', 'review', 'fix']),
    agent: z.string(),
  }),
  event('round-ended', {
    task: Name,
    round: z.number().int().positive(),
    kind: z.enum(['implement', 'review', 'fix']),
    openBlockers: z.number().int(),
    /** The call by which its agent wanted to end it, and was told what failed. */
    call: z.string().optional(),
  }),
] as const;

const agents = [
  event('agent-started', {
    agent: z.string(),
    role: Name,
    task: Name.optional(),
    attempt: z.number().int().positive(),
    route: z.array(ModelRef),
    parent: z.string().optional(),
    /** The call of its parent that it answers; absent: it works on its task itself. */
    call: z.string().optional(),
    /** The CLI agent that does the work, in a loop of its own; absent: a model, in ours. */
    worker: Name.optional(),
    /** Why its route begins as it does. */
    why: z.string().optional(),
  }),
  /**
   * A CLI agent is done, and its processes are gone. What it changed is JSON in the blob: from here on it lands, also
   * after a crash in the middle.
   */
  event('worker-result', {
    agent: z.string(),
    summary: z.string(),
    model: ModelRef,
    files: z.number().int(),
    blob: Hash,
  }),
  /** The tools of others that it may use from here on, by what it calls them; their definitions are JSON in the blob. */
  event('agent-tools', { agent: z.string(), names: z.array(z.string()), blob: Hash }),
  event('agent-doing', { agent: z.string(), what: z.string() }),
  /** All of the list of steps that an agent keeps for itself. */
  event('steps-set', { agent: z.string(), steps: z.array(Step) }),
  event('agent-paused', { agent: z.string(), by: who }),
  event('agent-unpaused', { agent: z.string(), by: who }),
  event('agent-reassigned', { agent: z.string(), route: z.array(ModelRef), by: who, reason: z.string() }),
  event('agent-message', {
    agent: z.string(),
    segment: z.number().int(),
    message: Message.optional(),
    /** The message as JSON, where it is too long to stand here; then `role` is its role. */
    blob: Hash.optional(),
    role: z.enum(['user', 'assistant', 'tool']).optional(),
    /** What the message shows after its text. */
    images: z.array(ShownImage).optional(),
  }),
  event('agent-compacted', {
    agent: z.string(),
    segment: z.number().int(),
    summary: LongText,
    /** How many of the last messages follow the summary unchanged; absent: none. */
    tail: z.number().int().positive().optional(),
  }),
  /** Results of tools in the first `messages` messages of the conversation were left out to make room. */
  event('agent-trimmed', { agent: z.string(), messages: z.number().int().positive() }),
  event('agent-ended', {
    agent: z.string(),
    outcome: AgentOutcome,
    summary: z.string(),
    /** It ended because no model answered it. */
    outage: Outage.optional(),
  }),
  event('supervision', {
    agent: z.string(),
    task: Name.optional(),
    rung: Rung,
    trigger: z.string(),
    reason: z.string(),
  }),
] as const;

const lead = [
  /** The lead gets a turn; the keys say what it need not be told again. */
  event('lead-called', {
    agent: z.string(),
    turn: z.number().int().positive(),
    because: z.array(z.object({ key: z.string(), text: z.string() })),
  }),
  /** What came of it, in words for people; nothing done where nothing had to change. */
  event('lead-acted', {
    agent: z.string(),
    turn: z.number().int().positive(),
    did: z.array(z.string()),
    text: z.string(),
  }),
] as const;

const calls = [
  event('call-intent', CallIntent.shape),
  event('call-outcome', {
    call: z.string(),
    ...whose,
    model: ModelRef.optional(),
    result: CallResult,
    usage: Usage.optional(),
    /** What was booked; undefined where the price or the usage is unknown and the provider is local or free. */
    cost: NanoUsd.optional(),
    /** The whole reservation was booked because the vendor's usage is unknown. */
    costIsReservation: z.boolean().optional(),
    ms: z.number(),
    firstTokenMs: z.number().optional(),
  }),
  /** What a CLI agent says that the turn under way has cost so far, since it last said so. */
  event('worker-spent', { call: z.string(), cost: NanoUsd }),
  event('attempt-discarded', {
    call: z.string(),
    agent: z.string(),
    model: ModelRef,
    error: ErrorClass,
    characters: z.number().int(),
  }),
  event('failover', { agent: z.string(), from: ModelRef, to: ModelRef, error: ErrorClass, reason: z.string() }),
  event('route-parked', {
    provider: z.string(),
    model: ModelRef.optional(),
    until: z.number(),
    error: ErrorClass,
    reason: z.string(),
  }),
  event('breaker', { provider: z.string(), model: ModelRef, state: z.enum(['closed', 'open', 'half-open']) }),
  event('provider-health', {
    provider: z.string(),
    ok: z.boolean(),
    ms: z.number().optional(),
    message: z.string().optional(),
  }),
  event('budget-alert', { scope: BudgetScope, key: z.string(), spent: NanoUsd, limit: NanoUsd }),
  event('budget-spent', {
    scope: BudgetScope,
    key: z.string(),
    action: z.enum(['local', 'pause', 'stop']),
    spent: NanoUsd.optional(),
    limit: NanoUsd.optional(),
    /** The most that the call could have cost that did not fit any more. */
    next: NanoUsd.optional(),
    /** Whether there are models that cost nothing. */
    free: z.boolean().optional(),
  }),
  /** Without a limit there is none any more. By `system`: what the configuration, or a new day, says now. */
  event('budget-changed', { scope: BudgetScope, key: z.string(), limit: NanoUsd.optional(), by: who }),
] as const;

const tools = [
  event('tool-intent', {
    agent: z.string(),
    call: z.string(),
    tool: z.string(),
    effect: z.enum(['none', 'read', 'write', 'command', 'ask', 'foreign']),
    args: z.unknown(),
    argsBlob: Hash.optional(),
  }),
  event('tool-outcome', {
    agent: z.string(),
    call: z.string(),
    ok: z.boolean(),
    /** Why it was refused or failed, as a stable word: outside-claim, stale-read, unknown-tool, bad-arguments, denied, … */
    refusal: z.string().optional(),
    output: LongText,
    /** What models that see were shown. */
    images: z.array(ShownImage).optional(),
    ms: z.number(),
    /** The version of a file that the agent knows from this call; all of it where no lines are named. */
    seen: SeenVersion.optional(),
  }),
  event('command-ended', {
    agent: z.string().optional(),
    task: Name.optional(),
    call: z.string(),
    command: z.string(),
    exit: z.number().int().optional(),
    ended: z.enum(['exit', 'signal', 'timeout', 'aborted', 'not-started', 'interrupted']),
    ms: z.number(),
    output: LongText,
    /** It ran beside the agent's work; "aborted" is then its usual end. */
    background: z.boolean().optional(),
    /** Whether the operating system held it; absent: nothing could. */
    held: z.boolean().optional(),
    /** Files that it changed in the sandbox only, without the right to. */
    withheld: z.array(z.string()).optional(),
    /** Files that changed while it ran, with nothing to hold it, and that were not its to change. */
    strayed: z.array(z.string()).optional(),
  }),
] as const;

/** Who wrote something. */
const Author = z.object({ agent: z.string(), task: Name.optional(), model: ModelRef.optional() });
/** What waits for review in a file after an event: who wrote which line (a blob), and how much; null: nothing waits. */
const Pending = z
  .object({
    weave: Hash,
    hunks: z.number().int().positive(),
    added: z.number().int().nonnegative(),
    removed: z.number().int().nonnegative(),
  })
  .nullable();

/** A content that a file once had, with who wrote which line of it: pending work that is not in the file now. */
const AbsentWork = z.object({ content: Hash.nullable(), weave: Hash });

const changes = [
  /** The content a file had before the first agent touched it; no blob where there was no file. */
  event('baseline-taken', {
    path: RelPath,
    blob: Hash.nullable(),
    /** The folders above a new file that are made with it, the topmost first. */
    folders: z.array(RelPath).optional(),
  }),
  event('write-intent', {
    write: z.string(),
    path: RelPath,
    agent: z.string(),
    task: Name.optional(),
    model: ModelRef.optional(),
    /** The command by which its author wrote it. */
    command: z.string().optional(),
    before: Hash.nullable(),
    after: Hash.nullable(),
    /** Set when this content arrived under a new name. */
    renamedFrom: RelPath.optional(),
    pending: Pending.optional(),
  }),
  event('write-outcome', {
    write: z.string(),
    ok: z.boolean(),
    reason: z.enum(['applied', 'conflict', 'failed', 'refused']),
    message: z.string().optional(),
  }),
  /** Content found in a pending file that no agent wrote: the user's own edits. */
  event('user-edit', {
    path: RelPath,
    before: Hash.nullable(),
    after: Hash.nullable(),
    pending: Pending.optional(),
    /** The user gave the file, with all that is pending in it, another name. */
    renamedFrom: RelPath.optional(),
    /** Whose work waits again where nothing did: the user took back what had covered it. */
    authors: z.array(Author).optional(),
    /** What waits, should it come back: all of it, when that became another. */
    absent: z.array(AbsentWork).optional(),
  }),
  event('review-intent', {
    review: z.string(),
    action: z.enum(['accept', 'reject']),
    path: RelPath,
    /** Hunk ids; all of the file when absent. */
    hunks: z.array(z.string()).optional(),
    by: who,
    reason: z.string().optional(),
    /** Content of file and baseline before and after this action. */
    file: z.object({ before: Hash.nullable(), after: Hash.nullable() }),
    baseline: z.object({ before: Hash.nullable(), after: Hash.nullable() }),
    /** Whose work is decided. */
    authors: z.array(Author).optional(),
    /** Who had built on work that is rejected here, and loses theirs with it. */
    builtOn: z.array(Author).optional(),
    pending: Pending.optional(),
    absent: z.array(AbsentWork).optional(),
  }),
  event('review-outcome', {
    review: z.string(),
    ok: z.boolean(),
    reason: z.enum(['applied', 'stale', 'failed']),
    message: z.string().optional(),
  }),
] as const;

const attention = [
  event('permission-asked', {
    ask: z.string(),
    agent: z.string(),
    kind: z.enum(['command', 'path', 'tool', 'budget', 'plan']),
    what: z.string(),
    /** Of the workspace, for a command that does not run in its own folder. */
    folder: z.string().optional(),
    rule: z.string(),
    /** What the rule is about, in a sentence for people. */
    because: z.string().optional(),
    why: z.string().optional(),
    /** Of a command: its beginning, which can be allowed whatever follows. */
    prefix: z.string().optional(),
  }),
  event('permission-answered', {
    ask: z.string(),
    ...whose,
    decision: z.enum(['allow', 'deny']),
    scope: z.enum(['once', 'session', 'always']),
    /** What was allowed for always, whatever follows. */
    prefix: z.string().optional(),
    by: who,
    reason: z.string().optional(),
  }),
  /** The policy decided without asking anyone. */
  event('permission-denied', {
    agent: z.string(),
    kind: z.enum(['command', 'path', 'tool']),
    what: z.string(),
    folder: z.string().optional(),
    rule: z.string(),
    advice: z.string(),
  }),
  event('question-asked', {
    ask: z.string(),
    agent: z.string(),
    text: z.string(),
    options: z.array(z.string()).optional(),
  }),
  event('question-answered', { ask: z.string(), ...whose, text: z.string(), ...attached, by: who }),
  event('notice', {
    level: z.enum(['info', 'warning', 'error']),
    text: z.string(),
    code: z.string().optional(),
    /** Whom it is about. */
    agent: z.string().optional(),
  }),
] as const;

const knowledge = [
  event('decision-noted', {
    by: z.string(),
    text: z.string(),
    rationale: z.string(),
    task: Name.optional(),
    /** It holds for the other tasks too, whose agents were told. */
    binds: z.boolean().optional(),
  }),
  event('issue-opened', {
    issue: z.string(),
    severity: Severity,
    by: z.string(),
    task: Name.optional(),
    text: z.string(),
  }),
  event('issue-resolved', { issue: z.string(), how: z.string() }),
  event('finding-added', {
    finding: z.string(),
    agent: z.string(),
    task: Name,
    severity: Severity,
    path: RelPath.optional(),
    line: z.number().int().positive().optional(),
    /** An artifact that shows it. */
    picture: Name.optional(),
    text: z.string(),
    /** What somebody saw go wrong, with all that others need to see it. */
    bug: Bug.optional(),
  }),
  /** A bug that is known was seen once more; one that was closed is open again. */
  event('bug-seen', { finding: z.string(), agent: z.string(), task: Name }),
  event('finding-resolved', { finding: z.string(), by: z.string(), how: z.string() }),
  event('verdict', { agent: z.string(), task: Name, approve: z.boolean(), text: z.string() }),
  event('artifact-published', {
    artifact: Name,
    version: z.number().int().positive(),
    agent: z.string(),
    task: Name.optional(),
    mediaType: z.string(),
    blob: Hash,
    bytes: z.number().int(),
  }),
] as const;

const queue = [
  event('queue-added', {
    item: z.string(),
    text: z.string(),
    target: z.string().optional(),
    priority: z.number().int(),
    ...attached,
    by: who,
  }),
  event('queue-removed', { item: z.string(), by: who }),
  event('queue-taken', { item: z.string(), task: Name }),
] as const;

const requests = [
  /** Another process asked for something: from here on the request counts as taken, whatever happens to its file. */
  event('request-received', { request: z.string(), body: InboxRequest, by: AskedBy }),
  event('request-handled', { request: z.string(), ok: z.boolean(), message: z.string().optional() }),
] as const;

/** One fact in the journal, before it has been numbered and dated. */
export const Event = z.discriminatedUnion('type', [
  ...session,
  ...planning,
  ...tasks,
  ...agents,
  ...lead,
  ...calls,
  ...tools,
  ...changes,
  ...attention,
  ...knowledge,
  ...queue,
  ...requests,
]);
export const JOURNAL_VERSION = 1;
/** What stands on a line of events.jsonl around the event's own fields. */
export const Envelope = z.object({ v: z.number().int(), seq: z.number().int().nonnegative(), at: z.number() });

export type Event = z.infer<typeof Event>;
export type EventType = Event['type'];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;
/** An event as it stands in a journal. */
export type Dated<E> = E & z.infer<typeof Envelope>;
export type JournalEvent = Dated<Event>;
export type PlannedAgent = z.infer<typeof PlannedAgent>;
export type Severity = z.infer<typeof Severity>;
export type Rung = z.infer<typeof Rung>;
export type BudgetScope = z.infer<typeof BudgetScope>;
export type SessionHost = z.infer<typeof SessionHost>;
export type SessionOutcome = z.infer<typeof SessionOutcome>;
export type AgentOutcome = z.infer<typeof AgentOutcome>;
export type Step = z.infer<typeof Step>;
export type SeenVersion = z.infer<typeof SeenVersion>;
export type LongText = z.infer<typeof LongText>;
export type Who = z.infer<typeof who>;
export type SessionTree = z.infer<typeof SessionTree>;
export type Pending = NonNullable<z.infer<typeof Pending>>;
export type AbsentWork = z.infer<typeof AbsentWork>;
