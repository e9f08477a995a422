import type {
  AgentOutcome,
  BudgetScope,
  EventOf,
  JournalEvent,
  Rung,
  SessionOutcome,
  Severity,
  Who,
} from '../../protocol/events.ts';
import type { Hash, ModelRef, NanoUsd, RelPath } from '../../protocol/ids.ts';
import type { ErrorClass } from '../../protocol/message.ts';
import type { Plan, Task } from '../../protocol/plan.ts';

export type TaskStatus =
  | 'pending'
  | 'waiting'
  | 'running'
  | 'checking'
  | 'completed'
  | 'failed'
  | 'skipped'
  | 'cancelled';
export type AgentStatus = 'running' | 'paused' | 'waiting' | AgentOutcome;

/** Token and money counters; `unknown*` say how many calls could not be counted. */
export interface Tally {
  calls: number;
  succeeded: number;
  failed: number;
  usage: { input: number; cacheRead: number; cacheWrite: number; output: number; reasoning: number };
  cost: NanoUsd;
  unknownUsage: number;
  unknownCost: number;
  /** Sum of the wall time of finished calls. */
  ms: number;
}

export interface TaskState {
  task: Task;
  status: TaskStatus;
  attempt: number;
  agents: string[];
  startedAt?: number;
  endedAt?: number;
  /** What it waits for, why it failed, or its summary. */
  note?: string;
  final?: boolean;
  rounds: { round: number; kind: 'implement' | 'review' | 'fix'; agent: string; openBlockers?: number }[];
  checks: EventOf<'check-ended'>[];
}

export interface AgentState {
  agent: string;
  role: string;
  task?: string;
  attempt: number;
  parent?: string;
  status: AgentStatus;
  route: ModelRef[];
  /** The model that answers or answered last. */
  model?: ModelRef;
  doing?: string;
  startedAt: number;
  endedAt?: number;
  lastEventAt: number;
  turns: number;
  tools: number;
  segment: number;
  tally: Tally;
  summary?: string;
  failovers: number;
  rungs: { rung: Rung; trigger: string; reason: string; at: number }[];
}

export interface ProviderState {
  provider: string;
  tally: Tally;
  switchesAway: number;
  parked: { model?: ModelRef; until: number; error: ErrorClass; reason: string }[];
  breakers: Record<ModelRef, 'closed' | 'open' | 'half-open'>;
  health?: { ok: boolean; ms?: number; at: number; message?: string };
}

/** A call that was sent and whose outcome is not known yet. */
export interface OpenCall {
  intent: EventOf<'call-intent'>;
  at: number;
}

export interface Ask {
  ask: string;
  agent: string;
  at: number;
  request: EventOf<'permission-asked'> | EventOf<'question-asked'>;
}

export interface Issue {
  issue: string;
  severity: Severity;
  by: string;
  task?: string;
  text: string;
  at: number;
  resolved?: { how: string; at: number };
}

export interface Finding {
  finding: string;
  agent: string;
  task: string;
  severity: Severity;
  path?: RelPath;
  line?: number;
  text: string;
  at: number;
  resolved?: { by: string; how: string; at: number };
}

export interface Decision {
  by: string;
  text: string;
  rationale: string;
  task?: string;
  at: number;
}

export interface Artifact {
  artifact: string;
  version: number;
  agent: string;
  task?: string;
  mediaType: string;
  blob: Hash;
  bytes: number;
  at: number;
}

/** Everything known of a session; a pure function of its events. */
export interface SessionState {
  session: string;
  goal: string;
  workspace: string;
  version: string;
  rehearsal: boolean;
  orchestrator?: ModelRef;
  seq: number;
  startedAt?: number;
  lastAt?: number;
  status: 'new' | 'planning' | 'awaiting-approval' | 'running' | 'paused' | 'ended';
  outcome?: { outcome: SessionOutcome; reason: string };
  pausedBy?: Who;
  resumes: number;
  plan?: Plan;
  planRevision: number;
  planApproved: boolean;
  estimate?: EventOf<'plan-proposed'>['estimate'];
  phase?: string;
  phases: { phase: string; startedAt: number; endedAt?: number }[];
  tasks: Map<string, TaskState>;
  agents: Map<string, AgentState>;
  providers: Map<string, ProviderState>;
  tally: Tally;
  openCalls: Map<string, OpenCall>;
  openTools: Map<string, EventOf<'tool-intent'>>;
  budget: {
    limits: { scope: BudgetScope; key: string; limit: NanoUsd }[];
    alerts: EventOf<'budget-alert'>[];
    spent?: EventOf<'budget-spent'>;
  };
  asks: Map<string, Ask>;
  decisions: Decision[];
  issues: Map<string, Issue>;
  findings: Map<string, Finding>;
  verdicts: EventOf<'verdict'>[];
  artifacts: Map<string, Artifact[]>;
  queue: Map<string, EventOf<'queue-added'>>;
  discarded: number;
  switches: number;
  escalations: number;
  deniedPermissions: number;
  /** Files agents wrote: the last write of each, and whether its review is open. */
  files: Map<
    RelPath,
    {
      path: RelPath;
      agents: string[];
      tasks: string[];
      deleted: boolean;
      status: 'pending' | 'accepted' | 'rejected' | 'mixed';
    }
  >;
}

/** Folds one event into the state, in place: cost does not grow with the journal. */
export type Reduce = (state: SessionState, event: JournalEvent) => void;
