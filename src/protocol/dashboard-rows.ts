import * as z from 'zod';
import { BudgetScope, Rung, SessionOutcome, Severity, Step } from './events.ts';
import { NanoUsd } from './ids.ts';

const count = z.number().int().nonnegative();

/** Token and money counters; `unknown*` say how many calls could not be counted. */
export const TallyView = z.object({
  calls: count,
  succeeded: count,
  failed: count,
  input: count,
  cacheRead: count,
  cacheWrite: count,
  output: count,
  reasoning: count,
  cost: NanoUsd,
  /** The part of `cost` that is an upper bound. */
  boundCost: NanoUsd,
  unknownUsage: count,
  unknownCost: count,
  ms: z.number(),
});

export const SessionStatus = z.enum(['new', 'planning', 'awaiting-approval', 'running', 'paused', 'ended']);
const SessionStanding = z.enum([...SessionStatus.exclude(['ended']).options, ...SessionOutcome.options]);

/** What a person can do with a session as it stands. */
export const NextStep = z.enum([
  'approve-plan',
  'open-plan',
  'revise-plan',
  'cancel-plan',
  'answer',
  'review',
  'resume',
  'ask-for-more',
  'report',
]);

/** What is said of a session as a whole. */
export const SessionView = z.object({
  session: z.string(),
  goal: z.string(),
  status: SessionStatus,
  /** How it stands, or how it ended. */
  standing: SessionStanding,
  /** How many tasks there are, how many are done, and how many never will be. */
  progress: z.object({ total: count, done: count, failed: count, cancelled: count, skipped: count }),
  outcome: z.object({ outcome: SessionOutcome, reason: z.string() }).optional(),
  rehearsal: z.boolean(),
  startedAt: z.number().optional(),
  /** When somebody worked on it last. */
  workedAt: z.number().optional(),
  activeMs: z.number(),
  pausedBy: z.string().optional(),
  /** Why nothing holds its commands, and what to install. */
  unheld: z.string().optional(),
  resumes: count,
  next: z.array(NextStep),
  phases: z.array(z.object({ phase: z.string(), startedAt: z.number(), endedAt: z.number().optional() })),
  plan: z
    .object({
      revision: count,
      approved: z.boolean(),
      rationale: z.string().optional(),
      estimate: z
        .object({
          low: NanoUsd.optional(),
          high: NanoUsd.optional(),
          tokens: count.optional(),
          minutes: z.number().optional(),
          basis: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  planRefusals: count,
  tally: TallyView,
  switches: count,
  discarded: count,
  escalations: count,
  denied: count,
  budgetSpent: z
    .object({
      scope: BudgetScope,
      key: z.string(),
      action: z.enum(['local', 'pause', 'stop']),
      /** What is left of it, and the most that the call could have cost that did not fit. */
      left: NanoUsd.optional(),
      next: NanoUsd.optional(),
      /** Whether there are models that cost nothing. */
      free: z.boolean(),
    })
    .optional(),
});

export const ChecklistItemView = z.object({
  id: z.string(),
  label: z.string(),
  ok: z.boolean(),
  detail: z.string().optional(),
});

/** What takes a pass over everything to compute: sent rarely. */
export const OverviewView = z.object({
  checklist: z.array(ChecklistItemView),
  /** Money and tokens so far, by provider: one value for each time, and there are not many. */
  spending: z.object({
    at: z.array(z.number()),
    providers: z.array(z.object({ id: z.string(), cost: z.array(NanoUsd), tokens: z.array(count) })),
  }),
  files: z.object({ touched: count, pending: count }),
});

const AgentRow = z.object({
  id: z.string(),
  role: z.string(),
  task: z.string().optional(),
  parent: z.string().optional(),
  attempt: count,
  status: z.enum([
    'running',
    'pausing',
    'paused',
    'waiting',
    'completed',
    'failed',
    'aborted',
    'replaced',
    'interrupted',
  ]),
  /** It was paused itself: it stays so when its session goes on. */
  paused: z.boolean(),
  model: z.string().optional(),
  route: z.array(z.string()),
  doing: z.string().optional(),
  steps: z.array(Step).optional(),
  summary: z.string().optional(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  turns: count,
  tools: count,
  failovers: count,
  rungs: z.array(z.object({ rung: Rung, reason: z.string(), at: z.number() })),
  tally: TallyView,
});

/** The beginning of an output; the whole of it is fetched by its hash. */
const OutputHead = z.object({ text: z.string(), blob: z.string().optional(), bytes: count.optional() });

const CheckView = z.object({
  id: z.string(),
  label: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  exit: z.number().optional(),
  interrupted: z.boolean().optional(),
  tests: z.object({ passed: count, failed: count, skipped: count.optional() }).optional(),
  output: OutputHead.optional(),
});

const TaskRow = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  phase: z.string().optional(),
  pool: z.string().optional(),
  role: z.string().optional(),
  optional: z.boolean(),
  needs: z.array(z.object({ kind: z.enum(['task', 'phase', 'pool']), name: z.string(), when: z.string().optional() })),
  writes: z.array(z.string()),
  status: z.enum([
    'pending',
    'waiting',
    'running',
    'paused',
    'checking',
    'completed',
    'failed',
    'skipped',
    'cancelled',
    'interrupted',
  ]),
  attempt: count,
  agents: z.array(z.string()),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  note: z.string().optional(),
  rounds: z.array(
    z.object({
      round: count,
      kind: z.enum(['implement', 'review', 'fix']),
      agent: z.string(),
      openBlockers: count.optional(),
    }),
  ),
  /** The latest; `checksRun` says how many there were. */
  checks: z.array(CheckView),
  checksRun: count,
  tally: TallyView,
});

const Breaker = z.enum(['closed', 'open', 'half-open']);

const ProviderRow = z.object({
  id: z.string(),
  /** Its session goes on: what is known of breakers and probes still holds. */
  live: z.boolean(),
  tally: TallyView,
  switchesAway: count,
  parked: z.array(z.object({ model: z.string().optional(), until: z.number(), error: z.string(), reason: z.string() })),
  breakers: z.array(z.object({ model: z.string(), state: Breaker })),
  health: z
    .object({ ok: z.boolean(), ms: z.number().optional(), at: z.number(), message: z.string().optional() })
    .optional(),
  /** The latest finished calls, oldest first. */
  recent: z.array(z.object({ ms: z.number(), ok: z.boolean(), firstTokenMs: z.number().optional() })),
});

const BudgetRow = z.object({
  id: z.string(),
  scope: BudgetScope,
  key: z.string(),
  limit: NanoUsd,
  /** Undefined where only the day's ledger knows. */
  spent: NanoUsd.optional(),
  /** Held for calls whose outcome is not known yet. */
  held: NanoUsd,
  alertAt: z.number(),
  alerted: z.boolean(),
  exhausted: z.boolean(),
});

const AskRow = z.object({
  id: z.string(),
  agent: z.string(),
  role: z.string().optional(),
  task: z.string().optional(),
  at: z.number(),
  request: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('question'), text: z.string(), options: z.array(z.string()) }),
    z.object({
      kind: z.literal('permission'),
      about: z.enum(['command', 'path', 'tool', 'budget', 'plan']),
      what: z.string(),
      /** Why it is asked about, as a sentence. */
      because: z.string(),
      why: z.string().optional(),
      /** The beginning of the command that may be allowed for always. */
      prefix: z.string().optional(),
    }),
  ]),
});

const SpanRow = z.object({
  id: z.string(),
  agent: z.string(),
  from: z.number(),
  to: z.number().optional(),
  status: z.enum(['running', 'paused', 'waiting']),
  model: z.string().optional(),
});

const MarkRow = z.object({
  id: z.string(),
  at: z.number(),
  kind: z.enum([
    ...Rung.options,
    'failover',
    'retry',
    'lead',
    'compacted',
    'reassigned',
    'denied',
    'warning',
    'error',
    'budget-alert',
    'budget-spent',
    'resumed',
  ]),
  agent: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  text: z.string(),
});

/** Everything the dashboard lists: rows with an id, by table. */
export const tables = {
  sessions: z.object({
    id: z.string(),
    goal: z.string(),
    standing: SessionStanding,
    /** Questions, permissions and plans that wait for the person. */
    asks: count,
    startedAt: z.number().optional(),
  }),
  agents: AgentRow,
  tasks: TaskRow,
  providers: ProviderRow,
  models: z.object({ id: z.string(), tally: TallyView }),
  budget: BudgetRow,
  asks: AskRow,
  decisions: z.object({
    id: z.string(),
    by: z.string(),
    text: z.string(),
    rationale: z.string(),
    task: z.string().optional(),
    at: z.number(),
  }),
  issues: z.object({
    id: z.string(),
    severity: Severity,
    by: z.string(),
    task: z.string().optional(),
    text: z.string(),
    at: z.number(),
    resolved: z.string().optional(),
  }),
  findings: z.object({
    id: z.string(),
    severity: Severity,
    agent: z.string(),
    task: z.string(),
    path: z.string().optional(),
    line: count.optional(),
    /** An artifact that shows it. */
    picture: z.string().optional(),
    text: z.string(),
    at: z.number(),
    resolved: z.string().optional(),
  }),
  artifacts: z.object({
    id: z.string(),
    version: count,
    agent: z.string(),
    task: z.string().optional(),
    mediaType: z.string(),
    blob: z.string(),
    bytes: count,
    at: z.number(),
  }),
  queue: z.object({ id: z.string(), text: z.string(), target: z.string().optional(), priority: z.number() }),
  spans: SpanRow,
  marks: MarkRow,
};

export type TableName = keyof typeof tables;
export type Row<T extends TableName> = z.infer<(typeof tables)[T]>;
export type NextStep = z.infer<typeof NextStep>;
export type TallyView = z.infer<typeof TallyView>;
export type SessionView = z.infer<typeof SessionView>;
export type OverviewView = z.infer<typeof OverviewView>;
