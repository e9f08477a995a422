import type { Attached } from '../../protocol/attached.ts';
import type { Dated, SessionHost } from '../../protocol/events.ts';
import type { NanoUsd } from '../../protocol/ids.ts';
import type { Member } from '../../protocol/member.ts';
import type { Plan } from '../../protocol/plan.ts';
import type {
  Attachment,
  FoundBug,
  QueuedWorkflow,
  RunOutcome,
  StationAsk,
  StationEvent,
  StationRequest,
  WorkflowCheck,
} from '../../protocol/station.ts';
import type { StoodOn } from '../../protocol/stood-on.ts';
import type { Disposable } from '../ports.ts';
import type { RequestOutcome } from '../session/inbox.ts';
import type { ToldCheck } from '../session/told-checks.ts';

export type ItemStatus = 'waiting' | 'held' | 'running' | 'done' | 'failed' | 'removed';

/** A piece of work in the queue, from when it was added on. */
export interface Item {
  id: string;
  text: string;
  /** A member, a pool or a role; absent: whoever is free. */
  target?: string;
  /** 10 is the most urgent; 8 and more is now. */
  priority: number;
  /** Milliseconds since 1970. */
  due?: number;
  /** Items that must be done first. */
  needs: string[];
  attachments?: Attachment[];
  /** Images, kept where the team is. */
  attached?: Attached[];
  workflow?: QueuedWorkflow;
  /** It is done in a working tree of its own, and goes to a branch. */
  deliver?: boolean;
  /** It is about mending this. */
  bug?: FoundBug;
  status: ItemStatus;
  addedAt: number;
  by: 'user' | 'trigger' | 'agent' | 'system';
  cause: string;
  /** The run whose doing brought it. */
  after?: string;
  /** Where a person put it: before that item, or at the end. The higher `move` was the later. */
  moved?: { before?: string; move: number };
  /** Newest last. */
  runs: string[];
  endedAt?: number;
  /** It does not begin before. */
  notBefore?: number;
  /** How it ended, or why it was removed. */
  note?: string;
}

/** One session of the station, on one item. */
export interface Run {
  id: string;
  item: string;
  session: string;
  members: string[];
  startedAt: number;
  /** How often it was resumed after it died. */
  resumed: number;
  /** The item for which it makes room. */
  yields?: string;
  /** It rests until it is its turn again. */
  aside?: boolean;
  /** How often it made room. */
  yielded?: number;
  /** It died, and is resumed then. */
  again?: number;
  /** What waits for a person. */
  asks: StationAsk[];
  health?: { state: 'well' | 'silent' | 'alert' | 'over-budget' | 'out-of-money'; text: string };
  /** Its money was spent, and it goes on when there is more. */
  broke?: boolean;
  end?: {
    outcome: RunOutcome;
    reason: string;
    at: number;
    ms: number;
    cost?: NanoUsd;
    tokens?: number;
    wrote?: boolean;
  };
}

/** When a check said something, and of what. */
export interface Said {
  run: string;
  at: number;
  on?: StoodOn;
}

/** A check of a workflow over all its runs. */
export interface CheckRecord extends WorkflowCheck {
  ok: boolean;
  last: Said;
  passed?: Said;
  /** The first time after it had passed. */
  failed?: Said;
  /** It is not steady: how often it has said the same since. */
  unsteady?: number;
  /** What it found is work for the queue: the last item, and how many there have been. */
  regression?: { item: string; times: number };
  /** So often in a row those who were to mend it had nothing to write. */
  groundless?: number;
}

/** What lies between two commits. */
export interface Between {
  /** The newest first. */
  commits: { id: string; author: string; subject: string }[];
  /** So many are not told. */
  more: number;
  /** Why that is not all there is to say. */
  note?: string;
}

/** Knows the commits of the workspace's repository. */
export interface History {
  between(from: string, to: string): Promise<Between>;
}

export interface MemberState extends Member {
  paused: boolean;
  /** It takes nothing until then; `times` in a row. */
  parked?: { reason: string; until: number; times?: number; broke?: boolean };
  /** The run it is at. */
  run?: string;
  /** Its own figures, over all its runs. */
  done: number;
  failed: number;
  ms: number;
  cost: NanoUsd;
}

/** Everything a standing team is, as it is kept and shown. Treat as read-only. */
export interface StationState {
  seq: number;
  lastAt: number;
  started?: { at: number; pid: number; host: SessionHost; version: string; rehearsal?: string };
  /** Absent while it stands. */
  stopped?: { at: number; reason: string };
  paused: boolean;
  fallback?: string;
  members: Map<string, MemberState>;
  /** Those that have not ended, in the order they were added, and of the others the newest. */
  items: Map<string, Item>;
  /** Those under way, and of the others the newest. */
  runs: Map<string, Run>;
  /** Causes that were admitted. */
  causes: Map<string, { item?: string; at: number }>;
  /** Up to when the schedules of a workflow were looked at. */
  schedules: Map<string, number>;
  /** What stood outside when a trigger last looked, unless it is not there any more, and how often it has been different. */
  outside: Map<string, { mark?: string; times: number }>;
  requests: Map<string, { body: StationRequest; at: number; handled?: RequestOutcome }>;
  notices: { level: 'info' | 'warning' | 'error'; text: string; at: number }[];
  /** How many items, runs and moves there have been. */
  counts: { items: number; runs: number; moves: number };
  /** How long finished work took: by target, the newest last. */
  durations: Map<string, number[]>;
  /** What the checks of workflows said last, those that were heard of last at the end. */
  checks: Map<string, CheckRecord>;
}

export type StationRecord = Dated<StationEvent>;

/** The standing team of a workspace, as others see it: whoever runs it. */
export interface StationView {
  readonly state: StationState;
  /** Called for each event after the state took it. */
  subscribe(listener: (event: StationRecord) => void): Disposable;
  /** Passes a request to the owner of the station; done here where there is none. */
  ask(request: StationRequest, signal?: AbortSignal): Promise<RequestOutcome>;
}

/** What a run is to do. The same for one that goes on: its session is looked for first. */
export interface RunRequest {
  run: string;
  session: string;
  goal: string;
  plan: Plan;
  attached?: readonly Attached[] | undefined;
  /** Roles of their own in the session. */
  members: Member[];
  deliver: boolean;
  /** It was paused to make room: it goes on now. */
  unpause: boolean;
  /** It ended because its money was spent: it goes on now. */
  again: boolean;
}

export interface RunEnd {
  outcome: RunOutcome | 'interrupted';
  reason: string;
  ms: number;
  cost?: NanoUsd;
  tokens?: number;
  /** Whether anything was written in it. */
  wrote?: boolean;
  /** What those who test have filed, and is not mended. */
  bugs?: readonly FoundBug[];
  /** What its checks said last. */
  checks?: readonly ToldCheck[];
  /** The day's money is spent: from then on there is more. */
  until?: number;
}

/** How a run does, as far as it can be told from outside. */
export interface Pulse {
  /** When something last happened in it. */
  lastAt: number;
  asks: StationAsk[];
  /** Share of its budget that is spent; undefined where it has none. */
  spent?: number;
  /** It goes on with models that cost nothing. */
  local: boolean;
  /** It waits for money, as is said here. */
  broke?: string;
}

/** What a run has put into files of the workspace, the newest last: hashes, null where it deleted one. */
export type Writes = ReadonlyMap<string, readonly (string | null)[]>;

/** A run under way. */
export interface OpenRun {
  readonly done: Promise<RunEnd>;
  pulse(): Pulse;
  /** What it has put into files of the workspace. */
  changed(): Writes;
  /** Calls back when what it asks for may be different. */
  watch(changed: () => void): Disposable;
  /** Cleanly; it can go on later. */
  stop(reason: string): void;
  abort(reason: string): void;
  /** Stops as soon as its agents have finished their turns. */
  setAside(reason: string): void;
}

/** Why a run does not begin or go on; without `retry` it never will. */
export interface NotOpened {
  ok: false;
  message: string;
  /** `soon`: somebody else holds it for a moment; `unanswered`: no model answers, and nothing of it is lost. */
  retry?: 'soon' | 'unanswered';
  /** Its session is there already. */
  begun?: boolean;
}

/** What a trigger looks at outside of the team. */
export type Watched = { kind: 'branch'; branch: string } | { kind: 'files'; globs: readonly string[] };

/** What stands outside is not what stood there when it was last said. */
export interface Sign {
  trigger: string;
  /** What stands there now. */
  mark: string;
  /**
   * What is new of it: for each commit the session that made it, as far as it was one; the paths of files. Absent: it is not
   * known what. Empty: nothing, as after a branch was set back.
   */
  news?: readonly string[];
  /** What the files of `news` hold: a hash, null where one is gone; absent where it is too large to tell. */
  holds?: ReadonlyMap<string, string | null>;
  /** They do not stand still: this is what they held in between. */
  restless?: true;
  /** It was different before anybody looked. */
  missed: boolean;
}

/** What is to be looked at for which workflow, with what stood there last. */
export interface Wanted {
  trigger: string;
  workflow: string;
  watched: Watched;
  mark?: string;
}

/** Looks at what is outside: branches and files. */
export interface Outside {
  /** Tells what stands there, at first and whenever it is different from what was told; and what cannot be looked at. */
  watch(wanted: readonly Wanted[], told: { seen(sign: Sign): void; problem(text: string): void }): Disposable;
}

/** Does the runs of a station: in the workspace, or wherever its host lets them work. */
export interface Runs {
  /** Whether runs of this kind may be side by side with others. */
  alone(request: { deliver: boolean }): boolean;
  open(request: RunRequest): Promise<{ ok: true; run: OpenRun } | NotOpened>;
}
