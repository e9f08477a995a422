import type { AgentStream, RoleSpec } from '../core/agent/contract.ts';
import type { Changes } from '../core/changes/changes.ts';
import type { WatchedChanges } from '../core/changes/watched.ts';
import type { Parts } from '../core/config/agreement.ts';
import type { ConfigProblem } from '../core/config/problem.ts';
import type { BranchWork } from '../core/delivery/branch-work.ts';
import type { Deliveries } from '../core/delivery/contract.ts';
import type { Diagnosis, WorkerDiagnosis } from '../core/doctor/doctor.ts';
import type { Trial } from '../core/doctor/tool-trial.ts';
import type { PlanProblem } from '../core/plan/problem.ts';
import type {
  Clock,
  Disposable,
  FindProblems,
  ForeignTools,
  Log,
  SandboxStanding,
  Secrets,
  WorkspaceFiles,
} from '../core/ports.ts';
import type { Redactor } from '../core/redact/redactor.ts';
import type { ModelInfo, Provider, RouteEvent, RouteRequest } from '../core/routing/contract.ts';
import type { Journal } from '../core/session/contract.ts';
import type { RequestOutcome } from '../core/session/inbox.ts';
import type { Origin } from '../core/session/seal.ts';
import type { SessionState } from '../core/session/state.ts';
import type { SessionOwner, SessionText } from '../core/session/store.ts';
import type { StationRecord, StationState } from '../core/station/contract.ts';
import type { TeamWords } from '../core/station/resolve.ts';
import type { StandingWorkflow } from '../core/station/standing-workflows.ts';
import type { MoreWork } from '../core/team/options.ts';
import type { RetryScope } from '../core/team/retry.ts';
import type { Adoption } from '../node/session/adopt.ts';
import type { SessionSummary } from '../node/session/sessions.ts';
import type { Attached, HandedImage } from '../protocol/attached.ts';
import type { Config, ProviderEntry } from '../protocol/config.ts';
import type { JournalEvent, SessionOutcome } from '../protocol/events.ts';
import type { Hash, NanoUsd, RelPath } from '../protocol/ids.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import type { Member } from '../protocol/member.ts';
import type { Message } from '../protocol/message.ts';
import type { Plan } from '../protocol/plan.ts';
import type { StationRequest } from '../protocol/station.ts';
import type { Workflow } from '../protocol/workflow.ts';

/** Who asks over HTTP, by the name of their token, and under which id: what was asked under it is not done again. */
export interface Asked {
  by?: string;
  request?: string;
}

/** What a session is to do: the same from whoever asks for it down to the team. */
export type Work =
  | {
      kind: 'new';
      goal: string;
      /** Images that show what is wanted. */
      images?: readonly HandedImage[];
      plan?: Plan;
      /** What it may cost; absent: as configured. */
      budgetUsd?: number;
      /** The only specialists that the planner may choose; absent: all there are. */
      roles?: readonly string[];
      /** Members of a standing team: each is a role under its own name. */
      members?: readonly Member[];
      /** Its agents write in a working tree of their own, and its work goes to a branch. */
      deliver?: boolean;
      /** What the session is to be called; absent: by its time. */
      session?: string;
      /** Takes precedence over all that is configured. */
      flags?: Config;
      asked?: Asked;
    }
  | {
      kind: 'resume';
      session: string;
      more?: readonly MoreWork[];
      /** What is tried again beside what failed for want of a model. */
      retry?: RetryScope;
      /** What it may cost from now on, all that was spent before included. */
      limit?: NanoUsd;
      /** Takes precedence over all that is configured. */
      flags?: Config;
      asked?: Asked;
    };

/** A new session. With `rehearse`, the name of a script, its models are scripted; its goal may then be the script's. */
export type StartRequest = Omit<Extract<Work, { kind: 'new' }>, 'goal'> & { goal?: string; rehearse?: string };
/** A session that goes on. */
export type ResumeRequest = Omit<Extract<Work, { kind: 'resume' }>, 'limit'> & {
  /** A new limit for the whole session. */
  budgetUsd?: number;
  /** The script of a session that was rehearsed. */
  rehearse?: string;
};

/** A provider that has no key and would be asked, with the variable to set. */
export interface Keyless {
  name: string;
  variable: string;
}

/** Why no session can begin, or, where one has to be made, no plan. */
export type Hindrance =
  /** No model can be asked; `down` says which providers do not answer, and why. */
  | { reason: 'no-provider'; down: readonly { label: string; message: string }[]; keyless: readonly Keyless[] }
  /** A provider answers, but no route leads to it. */
  | { reason: 'no-route'; providers: readonly string[] }
  /** The model that the session would ask first has no known price. */
  | { reason: 'no-price'; model: string };

export type Refusal =
  | { reason: 'owned'; owner: SessionOwner }
  | { reason: 'elsewhere'; session: string; origin: Exclude<Origin, 'own'> }
  | { reason: 'missing' }
  | Hindrance
  | { reason: 'config'; problems: ConfigProblem[] }
  /** It needs its script where it was rehearsed, and takes none where it was not. */
  | { reason: 'other-models'; rehearsed: boolean }
  | { reason: 'no-script'; name: string }
  /** It works in a tree of its own, and there is none: no git, no room, nothing to begin with. */
  | { reason: 'delivery'; message: string }
  /** The new limit is not more than what was spent. */
  | { reason: 'limit'; message: string }
  /** The plan has to be approved, and nobody is there. */
  | { reason: 'unattended' };

export type Refused = { ok: false } & Refusal;
export type Started = { ok: true; session: RunningSession } | Refused;

/** A session that this process owns. */
export interface OwnedSession {
  readonly id: string;
  readonly journal: Journal;
  readonly changes: Changes;
}

/** A session that this process runs. */
export interface RunningSession extends OwnedSession {
  /** Its folder, for people. */
  readonly place: string;
  /** The same that other processes drop into the inbox. */
  request(body: InboxRequest): Promise<RequestOutcome>;
  /** Approves the proposed plan, as it is or as somebody edited its text; what is wrong with the text comes back. */
  approvePlan(edited?: string): Promise<{ ok: true } | { ok: false; problems: PlanProblem[] }>;
  /** Gives a change that was rejected back to the task that made it, with the reason. */
  mend(path: RelPath, reason: string): RequestOutcome;
  /** What streams in and is not kept: the agents' words as they come. */
  follow(stream: AgentStream): Disposable;
  /** Its branch; absent where it works in the workspace itself. */
  readonly branch?: BranchWork | undefined;
  /** Stops cleanly; it can be resumed. */
  stop(reason: string): void;
  /** Aborts, with the reason for `whyUnkept`, when its folder takes no more: it then stops by itself. */
  readonly unkept: AbortSignal;
  /** Resolves when everything is written and released. */
  readonly done: Promise<SessionOutcome>;
}

/** A session that nobody runs, owned so that its changes can be decided. */
export interface ReviewedSession extends OwnedSession {
  /** Aborts when somebody wants to run it: whoever holds it closes it then. */
  readonly wanted: AbortSignal;
  close(): Promise<void>;
}

export type Reviewed =
  | { ok: true; session: ReviewedSession }
  | Extract<Refused, { reason: 'owned' | 'elsewhere' | 'missing' }>;

/** What came of a request. */
export type Answered = RequestOutcome & {
  /** Under which id it was left for another process. */
  request?: string;
  /** It was not done: nobody runs the session, its owner has not answered yet, or the id belongs to another request. */
  why?: 'nobody' | 'silent' | 'other-body';
};

/** Asks the person who made a session from elsewhere theirs whether they agree to what it would do. */
export type Agrees = (state: SessionState, origin: Exclude<Origin, 'own'>) => Promise<boolean>;

/** The sessions of one workspace. */
export interface Sessions {
  start(request: StartRequest): Promise<Started>;
  resume(request: ResumeRequest): Promise<Started>;
  /** Takes over a session that nobody runs, for deciding what it left. */
  review(id: string): Promise<Reviewed>;
  /** What agents wrote, as it stands now: nothing done with it reaches the journal or a file. */
  look(id: string): Promise<{ changes: Changes; close(): Promise<void> } | undefined>;
  /** Has a request handled: by the session's owner, or here where nobody runs it and it needs no team. */
  ask(id: string, body: InboxRequest, signal: AbortSignal, asked?: Asked): Promise<Answered>;
  /** Puts images into a session, for a request that names them. */
  keep(id: string, images: readonly HandedImage[]): Promise<Attached[]>;
  /**
   * `told` is called for each event that its owner writes, after the state took it, until the signal aborts; `earlier` for
   * each that stood there before.
   */
  follow(
    id: string,
    told: (event: JournalEvent) => void,
    signal: AbortSignal,
    earlier?: (event: JournalEvent) => void,
  ): Promise<{ readonly state: SessionState } | undefined>;
  /** Every event that stands in the journal now, in batches; nothing where there is no such session. */
  events(id: string, signal?: AbortSignal): AsyncIterable<readonly JournalEvent[]>;
  /** Newest first. */
  list(): Promise<SessionSummary[]>;
  /** Whether something waits for review in it, or may again. */
  waits(id: string): Promise<boolean>;
  /** The process that runs or reviews it. */
  owner(id: string): Promise<SessionOwner | undefined>;
  /** Calls back when a session may have come or gone. */
  watch(changed: () => void): Disposable;
  /** What agents wrote in a session that another process owns; to be opened, and told of each event. */
  watchChanges(id: string, state: SessionState, signal: AbortSignal): Promise<WatchedChanges | undefined>;
  /** Makes a session from elsewhere the user's. */
  adopt(id: string, agrees: Agrees): Promise<Adoption>;
  text(id: string, name: SessionText): Promise<string | undefined>;
  blob(id: string, hash: Hash): Promise<Uint8Array | undefined>;
  /** What was said to and by an agent, in order. */
  messages(id: string, agent: string): Promise<Message[]>;
  /** Stops what runs, so that it can be resumed, and waits until all of it is written. */
  close(): Promise<void>;
}

/** A provider that is not written down yet. */
export interface Candidate {
  name: string;
  entry: ProviderEntry;
  key?: string;
}

export type Listed = { ok: true; models: (ModelInfo & { priced: boolean })[] } | { ok: false; message: string };

/** A question from outside of any session. */
export type Question = Pick<RouteRequest, 'messages' | 'tools' | 'toolChoice' | 'maxOutputTokens'>;

export interface Diagnoses {
  problems: ConfigProblem[];
  diagnoses: Diagnosis[];
  workers: WorkerDiagnosis[];
  sandbox: SandboxDiagnosis;
  /** The git on the PATH; absent: there is none. */
  git?: { version: string; enough: boolean };
  /** The browser in which agents look at pages; absent: there is none. */
  browser?: { executable: string; version: string };
}

/** Whether commands of agents run in a sandbox, as a session would find it. */
export type SandboxDiagnosis = SandboxStanding | { holds: 'off' };

/** What sessions are made with: configuration, roles, providers, CLI agents. */
export interface SetUp {
  /** What the workspace's configuration asks for and the user has not agreed to. */
  waitingParts(): Promise<Parts | undefined>;
  /** The user has seen exactly this and agrees. */
  agree(parts: Parts): Promise<void>;
  roles(): Promise<RoleSpec[]>;
  /** Which CLI agents are there. */
  workers(): Promise<WorkerDiagnosis[]>;
  /** Which models it has, and of which of them it is known what they cost. */
  listModels(candidate: Candidate, signal: AbortSignal): Promise<Listed>;
  /** Lets a model call a tool, for real. */
  tryModel(candidate: Candidate, model: string, signal: AbortSignal): Promise<Trial>;
  /** Asks every provider, or only the named one, and looks which CLI agents are there. */
  diagnose(signal: AbortSignal, only?: string): Promise<Diagnoses>;
  /** Asks the best model that answers, outside of any session. */
  best(question: Question, signal: AbortSignal): Promise<AsyncIterable<RouteEvent>>;
}

/** Asks the person whether these workflows may begin without anybody. */
export type AgreesToWorkflows = (workflows: readonly StandingWorkflow[]) => Promise<boolean>;

/** The team: pools by their members' names, beside the members of the configuration. */
export interface StationRequestToStart extends TeamWords {
  /** Absent: nobody can be asked, and what was not agreed to before waits. */
  agrees?: AgreesToWorkflows;
  /** A script whose models all members use. */
  rehearse?: string;
  /** Starts the team's sessions, for a host that shows those it runs; otherwise the runtime does. */
  startSession?: (request: StartRequest | ResumeRequest) => Promise<Started>;
}

/** A standing team that this process runs. */
export interface RunningStation {
  readonly state: StationState;
  /** Its folder, for people. */
  readonly place: string;
  subscribe(listener: (event: StationRecord) => void): Disposable;
  /** Stops it and its runs; both can go on later. */
  stop(reason: string): Promise<void>;
  /** Resolves when everything is written and released. */
  readonly done: Promise<void>;
}

export type StartedStation =
  | { ok: true; station: RunningStation; notes: readonly string[] }
  | { ok: false; reason: 'owned'; owner: SessionOwner }
  | { ok: false; reason: 'config'; problems: ConfigProblem[] }
  /** What is wrong with the team that was asked for, each in a sentence. */
  | { ok: false; reason: 'team'; problems: string[] };

/** A workflow of the workspace, and where it stands there. */
export interface FoundWorkflow {
  file: string;
  workflow: Workflow;
}

/** The standing team of the workspace, whoever runs it. */
export interface StationAccess {
  /** As its journal tells it now; `owner` is who runs it. */
  read(): Promise<{ state: StationState; origin: Origin; owner?: SessionOwner }>;
  /** Puts images where its sessions find them, for work that is added with them. */
  keep(images: readonly HandedImage[]): Promise<Attached[]>;
  /** Has a request handled by whoever runs it; what concerns only the queue, here where nobody does. */
  ask(body: StationRequest, signal: AbortSignal, asked?: Asked): Promise<Answered>;
  /** `told` is called for each new event, after `view.state` took it, until the signal aborts. */
  follow(
    told: (event: StationRecord) => void,
    signal: AbortSignal,
  ): Promise<{
    readonly view: { state: StationState };
    /** The number of the last event that `told` will not be called for. */
    seq: number;
    over: Promise<void>;
    origin: Origin;
  }>;
  /** Its journal from the beginning: from the snapshot on, where it was compacted. */
  events(signal?: AbortSignal): AsyncIterable<StationRecord[]>;
  /** Who runs it. */
  owner(): Promise<SessionOwner | undefined>;
  start(request: StationRequestToStart): Promise<StartedStation>;
  /** The workflows that stand in the workspace, and what is wrong with others. */
  workflows(): Promise<{ workflows: FoundWorkflow[]; problems: string[] }>;
}

/** All that is behind editor, terminal and whoever else shows sessions. */
export interface Runtime extends Sessions, SetUp {
  /** What becomes of accepted work. */
  deliveries(): Promise<Deliveries>;
  readonly station: StationAccess;
}

/** What of the set-up a person should hear of before a session begins. */
export interface Notes {
  problems?: readonly ConfigProblem[];
  keyless?: readonly Keyless[];
  /** What of the workspace's configuration is set aside. */
  sensitive?: Parts;
}

/** What an editor's window or a terminal gives to the sessions of a workspace. */
export interface RuntimeHost {
  kind: SessionOwner['host'];
  workspace: string;
  /** Nothing is read from a workspace that is not. */
  trusted(): boolean;
  environment: Readonly<Record<string, string | undefined>>;
  version: string;
  clock: Clock;
  log: Log;
  files(): Promise<WorkspaceFiles>;
  /** Whether a person can answer. */
  present(): boolean;
  /** The editor's settings, as they are now, instead of the user's file. */
  settings?(): { source: string; value: unknown };
  /** Instead of the file in the user's folder. */
  configFile?: string | undefined;
  /** The keys that the editor keeps; they go before the environment's. */
  secrets?: Secrets;
  /** Where a key of the editor is kept, in words. */
  keptIn?: string;
  /** The script of sessions that were rehearsed, where whoever resumes one need not name it. */
  rehearsal?: string;
  /** The plan and all its approvals have been given beforehand. */
  approved?: boolean;
  /** What agents wrote is accepted at the end, unseen. */
  acceptAll?: boolean;
  /** With nothing left to spend a session stops, instead of waiting. */
  stopsWhenSpent?: boolean;
  /** Models that the editor itself has. */
  models?(redactor: Redactor): Promise<Provider[]>;
  /** Tools of other extensions and of servers that the editor runs. */
  foreign?: ForeignTools;
  /** What the editor says of a file that an agent has written. */
  problems?: FindProblems;
  /** Hears every event of a session from the first on, those before the session is handed over too. */
  watch?(event: JournalEvent): void;
  note?(notes: Notes): void;
}
