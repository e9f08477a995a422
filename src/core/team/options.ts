import type { Attached } from '../../protocol/attached.ts';
import type { Approver } from '../../protocol/delivery.ts';
import type { EventOf } from '../../protocol/events.ts';
import type { ModelRef, NanoUsd, RelPath } from '../../protocol/ids.ts';
import type { Usage } from '../../protocol/message.ts';
import type {
  AgentRunner,
  Attention,
  CommandJudge,
  PlanReviser,
  ResumePoint,
  RoleSpec,
  TaskProver,
} from '../agent/contract.ts';
import type { Holding } from '../agent/held.ts';
import type { Looseness } from '../agent/loose.ts';
import type { ProjectTexts } from '../agent/roles/roles.ts';
import type { CommandTime, Surroundings } from '../agent/surroundings.ts';
import type { AgentFiles } from '../changes/contract.ts';
import type { BranchWork } from '../delivery/branch-work.ts';
import type { Clock, HashOf, Http, Log, NewId, Processes, ReadPdf, StoodOnPort, WorkspaceFiles } from '../ports.ts';
import type { Router } from '../routing/contract.ts';
import type { Journal } from '../session/contract.ts';
import type { TaskLimits } from './agent-task.ts';
import type { AttentionOptions } from './attention.ts';
import type { LeadSettings } from './lead/lead.ts';
import type { RetryScope } from './retry.ts';
import type { Routes } from './routes.ts';
import type { SchedulerOptions } from './scheduler.ts';
import type { SupervisorOptions } from './supervisor.ts';

/** What agents have of their team. */
export interface TeamVoice {
  attention: Attention;
  revise: PlanReviser;
  prove: TaskProver;
}

/** What a session needs of the world. */
export interface SessionPorts {
  journal: Journal;
  router: Router;
  /** Starts agents, which ask people and change the plan through the team. */
  runner(team: TeamVoice): AgentRunner;
  files: WorkspaceFiles;
  /** Absent: PDFs are not read. */
  readPdf?: ReadPdf;
  /** What the project says to agents; absent: nothing. */
  texts?: ProjectTexts;
  /** What is known of the machine and the repository; absent: nothing. */
  surroundings?(): Promise<Surroundings | undefined>;
  /** How long commands took here when they last ran; absent: nobody knows. */
  commandTimes?(): readonly CommandTime[];
  /** What the files are of that checks look at; absent: nobody wants to know. */
  stoodOn?: StoodOnPort | undefined;
  processes: Processes;
  http: Http;
  /** Absent: nothing holds commands but the judge. */
  holding?: (Holding & { agentFiles: AgentFiles }) | undefined;
  /** Absent: nobody looks at what commands change that nothing holds. */
  loose?: Looseness | undefined;
  judge: CommandJudge;
  routes: Routes;
  clock: Clock;
  newId: NewId;
  hashOf: HashOf;
  /** The conversation of an agent that was interrupted. */
  resumePoint(agent: string): Promise<ResumePoint | undefined>;
  /** What this usage costs on this model: 0 where it is free, undefined where the price is unknown. */
  price(model: ModelRef, usage: Usage): Promise<NanoUsd | undefined>;
  /** Holds an agent to less than what agents may spend in general. */
  limitAgent?(agent: string, limit: NanoUsd): void;
  /** Whether a CLI agent can be started by this name; absent: there are none. */
  hasWorker?(name: string): boolean;
  log?: Log;
  /** The session's branch; absent: it works in the workspace itself. */
  branch?: BranchWork | undefined;
}

export interface SessionSettings {
  roles: readonly RoleSpec[];
  /** The role that plans, and that does itself what others fail at. */
  orchestrator: string;
  /** The role of queued work that names none. */
  defaultRole: string;
  approvePlan: boolean;
  /** The user has said yes to all approvals beforehand. */
  approveAll: boolean;
  /** Whether a person can answer. */
  present(): boolean;
  /** Who sits here, for the record. */
  person?: Approver | undefined;
  /** Keeps an answer that was given for always beyond the session. */
  remember?: AttentionOptions['remember'];
  /** What the session has to do without, for people. */
  notice?: string;
  budgetUsd?: number;
  commandSeconds: number;
  limits: TaskLimits;
  scheduler: SchedulerOptions;
  supervisor: SupervisorOptions;
  /** When the orchestrator is asked after planning, and the part of the budget that it may spend. */
  lead: LeadSettings;
}

/** Between two looks of a standing team at how its sessions do. */
export const HEALTH_MINUTES = 5;

/** Values that work without any configuration. */
export const DEFAULTS = {
  commandSeconds: 300,
  limits: { maxTurns: 60, attempts: 1, checkFixes: 3, agentMinutes: 60, restMs: 10 * 60_000, rests: 5 },
  scheduler: { maxAgents: 4, maxCommands: 2, agingMs: 5 * 60_000 },
  supervisor: {
    silenceMs: 5 * 60_000,
    repeatedCalls: 4,
    repeatedErrors: 6,
    idleTurns: 8,
    compactions: 4,
    nudges: 2,
    heartbeatMs: 5 * 60_000,
  },
  lead: { mode: 'quiet', share: 0.1 },
} as const satisfies Pick<SessionSettings, 'commandSeconds' | 'limits' | 'scheduler' | 'supervisor' | 'lead'>;

/** More work for a session that goes on: a request, or changes that were rejected and are to be made otherwise. */
export type MoreWork =
  | { text: string; target?: string; attached?: readonly Attached[] }
  | { path: RelPath; reason: string };

/** How a run begins: a new session, or one that goes on from its journal. */
export type SessionStart =
  | { kind: 'new'; event: Omit<EventOf<'session-started'>, 'type'> }
  | {
      kind: 'resume';
      event: Omit<EventOf<'session-resumed'>, 'type'>;
      /** What is tried again beside what failed for want of a model. */
      retry?: RetryScope;
      more?: readonly MoreWork[];
      /** What it may cost from now on, all that was spent before included. */
      limit?: NanoUsd;
    };
