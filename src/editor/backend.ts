import type { RoleSpec } from '../core/agent/contract.ts';
import type { Changes } from '../core/changes/changes.ts';
import type { WatchedChanges } from '../core/changes/watched.ts';
import type { Parts } from '../core/config/agreement.ts';
import type { ConfigProblem } from '../core/config/load.ts';
import type { Diagnosis, WorkerDiagnosis } from '../core/doctor.ts';
import type { ModelInfo, RouteEvent, RouteRequest } from '../core/routing/contract.ts';
import type { Journal } from '../core/session/contract.ts';
import type { RequestOutcome } from '../core/session/inbox.ts';
import type { LiveSession } from '../core/session/live.ts';
import type { Origin } from '../core/session/seal.ts';
import type { SessionState } from '../core/session/state.ts';
import type { SessionOwner, SessionText } from '../core/session/store.ts';
import type { MoreWork } from '../core/team/options.ts';
import type { RetryScope } from '../core/team/retry.ts';
import type { Trial } from '../core/tool-trial.ts';
import type { Adoption } from '../node/session/adopt.ts';
import type { SessionSummary } from '../node/session/sessions.ts';
import type { ProviderEntry } from '../protocol/config.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { Hash } from '../protocol/ids.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import type { Message } from '../protocol/message.ts';
import type { Plan } from '../protocol/plan.ts';

/** A provider that is not written down yet. */
export interface Candidate {
  name: string;
  entry: ProviderEntry;
  key?: string;
}

/** How a session begins. */
export type Beginning =
  | { kind: 'new'; goal: string; plan?: Plan; budgetUsd?: number; roles?: string[] }
  | { kind: 'demo' }
  | { kind: 'resume'; session: string; more?: readonly MoreWork[]; retry?: RetryScope };

export type Begun =
  | { ok: true; session: LiveSession }
  | { ok: false; reason: 'owned'; owner: SessionOwner }
  | { ok: false; reason: 'elsewhere'; session: string; origin: Exclude<Origin, 'own'> }
  | { ok: false; reason: 'missing' }
  /** Nothing can be asked; `down` says what was set up and does not answer, and why. */
  | { ok: false; reason: 'no-provider'; down: readonly { label: string; message: string }[] }
  /** Something answers, and no route leads to it. */
  | { ok: false; reason: 'no-route'; providers: readonly string[] }
  /** What the session would ask first has no price that is known. */
  | { ok: false; reason: 'no-price'; model: string }
  | { ok: false; reason: 'config'; problems: ConfigProblem[] };

/** A session that has ended, taken over so that its changes can be decided. */
export interface OpenedStored {
  journal: Journal;
  changes: Changes;
  /** Aborts when somebody wants to run it. */
  wanted: AbortSignal;
  close(): Promise<void>;
}

/** A session as its journal tells it, kept up to date until the signal aborts. */
export interface Followed {
  readonly state: SessionState;
}

/** All that is behind the views: what runs sessions and keeps them. Loaded when the first of them is needed. */
export interface Backend {
  begin(beginning: Beginning): Promise<Begun>;
  /** Newest first. */
  list(): Promise<SessionSummary[]>;
  /** Whether something waits for review in it, or may again. */
  waits(id: string): Promise<boolean>;
  /** The process that runs or reviews it. */
  owner(id: string): Promise<SessionOwner | undefined>;
  /** `told` is called for each event that its owner writes, after the state took it. */
  follow(id: string, told: (event: JournalEvent) => void, signal: AbortSignal): Promise<Followed | undefined>;
  /** Calls back when a session may have come or gone. */
  watch(changed: () => void): { dispose(): void };
  /** Leaves a request for the session's owner and waits for what comes of it. */
  ask(id: string, body: InboxRequest, signal: AbortSignal): Promise<RequestOutcome>;
  /** What agents wrote in a session that another process owns; to be opened, and told of each event. */
  watchChanges(id: string, state: SessionState, signal: AbortSignal): Promise<WatchedChanges | undefined>;
  /** Undefined while somebody else owns it. */
  openStored(id: string): Promise<OpenedStored | undefined>;
  /** Makes a session from elsewhere the user's, if the user agrees to what it would do. */
  adopt(
    id: string,
    agrees: (state: SessionState, origin: Exclude<Origin, 'own'>) => Promise<boolean>,
  ): Promise<Adoption>;
  text(id: string, name: SessionText): Promise<string | undefined>;
  blob(id: string, hash: Hash): Promise<Uint8Array | undefined>;
  /** What was said to and by an agent, in order. */
  messages(id: string, agent: string): Promise<Message[]>;
  /** Asks the best model that answers, outside of any session. */
  best(
    question: Pick<RouteRequest, 'messages' | 'tools' | 'toolChoice'>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<RouteEvent>>;
  /** What the workspace's configuration asks for and the user has not agreed to. */
  waitingParts(): Promise<Parts | undefined>;
  /** The user has seen exactly this and agrees. */
  agree(parts: Parts): Promise<void>;
  roles(): Promise<RoleSpec[]>;
  /** Which CLI agents are there. */
  workers(): Promise<WorkerDiagnosis[]>;
  /** Which models it has, and of which of them it is known what they cost. */
  listModels(
    candidate: Candidate,
    signal: AbortSignal,
  ): Promise<{ ok: true; models: (ModelInfo & { priced: boolean })[] } | { ok: false; message: string }>;
  /** Lets a model call a tool, for real. */
  tryModel(candidate: Candidate, model: string, signal: AbortSignal): Promise<Trial>;
  /** Asks every provider, or only the named one, and looks which CLI agents are there. */
  diagnose(
    signal: AbortSignal,
    only?: string,
  ): Promise<{ problems: ConfigProblem[]; diagnoses: Diagnosis[]; workers: WorkerDiagnosis[] }>;
  close(): Promise<void>;
}
