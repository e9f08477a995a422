import type { Bug } from '../../protocol/bug.ts';
import type {
  AbsentWork,
  AgentOutcome,
  BudgetScope,
  EventOf,
  JournalEvent,
  Pending,
  PlannedAgent,
  Rung,
  SessionOutcome,
  SessionTree,
  Severity,
  Step,
  Who,
} from '../../protocol/events.ts';
import type { Hash, ModelRef, NanoUsd, RelPath } from '../../protocol/ids.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import type { Member } from '../../protocol/member.ts';
import type { ErrorClass, Outage } from '../../protocol/message.ts';
import type { Plan, Task } from '../../protocol/plan.ts';
import type { History } from './history.ts';
import type { Touched } from './touched.ts';

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
  /** Ended by us before they were over, which says nothing of the provider: by a pause, an abort, or our own end. */
  stopped: number;
  usage: { input: number; cacheRead: number; cacheWrite: number; output: number; reasoning: number };
  cost: NanoUsd;
  /** The part of `cost` that is an upper bound, since the vendor did not tell. */
  boundCost: NanoUsd;
  unknownUsage: number;
  unknownCost: number;
  /** Sum of the wall time of the calls that succeeded or failed. */
  ms: number;
}

export interface Round {
  round: number;
  kind: 'implement' | 'review' | 'fix';
  agent: string;
  openBlockers?: number;
  /** The call by which its agent wanted to end it and learned what failed. */
  call?: string;
  /** Those that look something up for it. */
  helpers?: string[];
  /** Its agent had finished before, and has not gone on yet. */
  waits?: true;
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
  /** It failed because no model answered. */
  outage?: Outage;
  /** Its command was cut off in this attempt, and nobody knows what it has done. */
  cutOff?: true;
  /** A revision of the plan dropped it. */
  dropped?: true;
  /** How many of its rounds came before it was last tried again: their outcome no longer counts. */
  roundsBefore?: number;
  /** Files beyond its plan that it was given. */
  granted?: RelPath[];
  rounds: Round[];
  /** It mends what a check has found in this attempt of the task. */
  repairs?: { task: string; attempt: number };
  /** Repairs of earlier attempts than this count no more: it was tried again since. */
  repairsBefore?: number;
  checks: (EventOf<'check-ended'> & { at: number })[];
  /** What its agents used, over all attempts and rounds. */
  tally: Tally;
}

export interface AgentState {
  agent: string;
  role: string;
  task?: string;
  attempt: number;
  parent?: string;
  /** The call of its parent that it answers: it looks something up, and has no part in the task's rounds. */
  call?: string;
  /** Those that look something up for it. */
  helpers?: string[];
  status: AgentStatus;
  route: ModelRef[];
  /** The model that answers or answered last. */
  model?: ModelRef;
  /** Every model it has called, in the order in which it first did. */
  called: ModelRef[];
  /** Why its route begins as it does. */
  why?: string;
  /** The CLI agent that does its work; absent: models do. */
  worker?: string;
  /** The result of its CLI agent, from its end until all of it has landed. */
  workerResult?: { summary: string; model: ModelRef; blob: Hash };
  doing?: string;
  /** The list that it keeps for itself. */
  steps?: Step[];
  startedAt: number;
  endedAt?: number;
  lastEventAt: number;
  turns: number;
  tools: number;
  /** The tools of others that it may use, where there are any. */
  foreignTools?: string[];
  /** Tool calls whose outcome is not known yet. */
  openTools: number;
  /** Questions and permissions it waits for. */
  openAsks: number;
  segment: number;
  tally: Tally;
  summary?: string;
  /** Why no model answered it in the end. */
  outage?: Outage;
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
  /** An artifact that shows it. */
  picture?: string;
  /** What stood in the file, where agents had written it. */
  content?: Hash | null;
  text: string;
  at: number;
  resolved?: { by: string; how: string; at: number };
  bug?: Bug;
  /** Tasks in which a bug was seen, the newest last. */
  seenIn?: string[];
}

export interface Decision {
  by: string;
  text: string;
  rationale: string;
  task?: string;
  /** It holds for all tasks. */
  binds?: boolean;
  at: number;
}

export interface Artifact {
  artifact: string;
  version: number;
  agent: string;
  task?: string;
  /** The one its agent asked last. */
  model?: ModelRef;
  mediaType: string;
  blob: Hash;
  bytes: number;
  at: number;
}

/** A change of model in the middle of the work. */
export interface Failover {
  agent: string;
  from: ModelRef;
  to: ModelRef;
  error: ErrorClass;
  reason: string;
  at: number;
}

/** A question to a person, and what they said. */
export interface Answered {
  agent: string;
  question: string;
  answer: string;
  by: Who;
  at: number;
}

/** How much ran side by side, as it was measured. */
export interface Parallel {
  /** Tasks that are at work now. */
  working: Set<string>;
  /** The tasks' times added up. */
  taskMs: number;
  /** The time during which any of them was at work. */
  busyMs: number;
  /** The most that were at work at once. */
  most: number;
}

/** Something an agent was not allowed to do: by the policy, or by a person. */
export interface Denial {
  agent: string;
  kind: string;
  what: string;
  rule: string;
  by: Who;
  at: number;
}

/** A file agents wrote, as it stands now. */
export interface WrittenFile {
  path: RelPath;
  agents: string[];
  tasks: string[];
  /** That wrote it, as far as their calls said so. */
  models: ModelRef[];
  deleted: boolean;
  renamedFrom?: RelPath;
  /** What was decided so far, while something newer is pending. */
  decided?: 'accepted' | 'rejected' | 'mixed';
  /** What stood in the file when it was last looked at; null: no file. */
  content: Hash | null;
  /** Who wrote which line, and how much of it waits. */
  pending?: Pending;
  /** `pending` while anything of it is undecided; `mixed` when parts were accepted and parts rejected. */
  status: 'pending' | 'accepted' | 'rejected' | 'mixed';
}

/** Everything known of a session; a pure function of its events. */
export interface SessionState {
  session: string;
  goal: string;
  /** Names of the images that were handed in with the goal; they are among the artifacts. */
  attached: string[];
  workspace: string;
  /** What became of its branch when it was last tried. */
  delivered?: Omit<EventOf<'branch-delivered'>, 'type'>;
  /** The working tree of its own in which its agents write. */
  tree?: SessionTree;
  version: string;
  rehearsal: boolean;
  /** The script of its models, where it was rehearsed; absent in older journals. */
  script?: string;
  /** Members of a standing team that work in it. */
  members: readonly Member[];
  orchestrator?: ModelRef;
  seq: number;
  startedAt?: number;
  lastAt?: number;
  /** When somebody worked on it last: looking through what it left, and deciding on it, is no work on it. */
  workedAt?: number;
  /** Wall time during which somebody worked on it: neither the gap before a resume nor a review of its end counts. */
  activeMs: number;
  status: 'new' | 'planning' | 'awaiting-approval' | 'running' | 'paused' | 'ended';
  outcome?: { outcome: SessionOutcome; reason: string };
  pausedBy?: Who;
  resumes: number;
  /** The workflow it was started with. */
  workflow?: Plan;
  /** Under which id it was asked for over HTTP. */
  request?: string;
  /** The plan in force; before the first approval, the one proposed. */
  plan?: Plan;
  planRevision: number;
  planApproved: boolean;
  /** The last plan that the user saw and agreed to, with the hash that was agreed to. */
  agreed?: { plan: Plan; hash: Hash };
  estimate?: EventOf<'plan-proposed'>['estimate'];
  /** A revision that waits for approval while the approved plan goes on. */
  proposed?: EventOf<'plan-proposed'>;
  planRefusals: number;
  phase?: string;
  phases: { phase: string; startedAt: number; endedAt?: number }[];
  /** All tasks of the plan in force and those added later; what a revision dropped is `cancelled`. */
  tasks: Map<string, TaskState>;
  agents: Map<string, AgentState>;
  /** By name: who is to begin by the plan, and who has begun so. */
  roster: Map<string, PlannedAgent>;
  parallel: Parallel;
  /** Turns of the lead, and what it has decided on. */
  lead: { turns: number; considered: Set<string>; open: string[] };
  providers: Map<string, ProviderState>;
  models: Map<ModelRef, Tally>;
  tally: Tally;
  openCalls: Map<string, OpenCall>;
  /** By agent and call, see `toolKey`: ids of tool calls are unique within an agent only. */
  openTools: Map<string, EventOf<'tool-intent'>>;
  openChecks: Map<string, EventOf<'check-started'> & { at: number }>;
  openWrites: Map<string, EventOf<'write-intent'>>;
  openReviews: Map<string, EventOf<'review-intent'>>;
  budget: {
    limits: {
      scope: BudgetScope;
      key: string;
      limit: NanoUsd;
      /** Someone set it for this session: no configuration overrides it. */
      decided?: true;
    }[];
    alerts: EventOf<'budget-alert'>[];
    spent?: EventOf<'budget-spent'>;
    /** The share of a limit at which the person is told. */
    alertAt?: number;
  };
  asks: Map<string, Ask>;
  /** What a person said of files by which tools run something, by task and file. */
  consents: Map<string, 'allow' | 'deny'>;
  /** Permissions answered for more than once, by kind, rule and what, see `grantKey`. */
  grants: Map<string, { decision: 'allow' | 'deny'; scope: 'session' | 'always' }>;
  decisions: Decision[];
  answers: Answered[];
  issues: Map<string, Issue>;
  findings: Map<string, Finding>;
  verdicts: (EventOf<'verdict'> & { at: number })[];
  artifacts: Map<string, Artifact[]>;
  queue: Map<string, EventOf<'queue-added'>>;
  /** Requests of other processes that were taken; those not handled yet have no `handled`. */
  requests: Map<string, { body: InboxRequest; at: number; by?: string; handled?: { ok: boolean; message?: string } }>;
  discarded: number;
  switches: number;
  failovers: Failover[];
  escalations: number;
  deniedPermissions: number;
  denials: Denial[];
  commands: { run: number; failed: number };
  /** What the supervisor last said of the team as a whole. */
  heartbeat?: { at: number; text: string };
  /** The latest notices, warnings and errors before all others; `noticeCount` says how many there were. */
  notices: (EventOf<'notice'> & { at: number })[];
  noticeCount: number;
  /** Files agents wrote that differ from their baseline or have been decided on. */
  files: Map<RelPath, WrittenFile>;
  /** What agents have put into files, the newest last; null: they deleted it. People's edits and reviews are none of it. */
  written: Map<RelPath, (Hash | null)[]>;
  /** When somebody last changed a file that agents write in; absent: nobody has. */
  lastWriteAt?: number;
  /** Pending work that is not in its file now, with what stands there: by git, say. It waits when it comes back. */
  absent: Map<RelPath, { content: Hash | null; work: AbsentWork[] }>;
  /** Hash of the content that review compares against; null: there was no file. */
  baselines: Map<RelPath, Hash | null>;
  /** Folders that were not there before agents wrote files into them. */
  madeFolders: Set<RelPath>;
  history: History;
  touched: Touched;
}

/** Folds one event into the state, in place: cost does not grow with the journal. */
export type Reduce = (state: SessionState, event: JournalEvent) => void;
