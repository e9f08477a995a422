import type { Hash, NanoUsd, RelPath } from '../../protocol/ids.ts';
import type { ImagePart, Usage } from '../../protocol/message.ts';

export type WorkerToolKind = 'read' | 'search' | 'edit' | 'execute' | 'fetch' | 'think' | 'other';

/** A path that a CLI agent named: inside of the folder it works in, or somewhere else on the machine. */
export type WorkerPath = { inside: true; path: RelPath } | { inside: false; path: string };

/** One use of a tool, as far as the CLI agent told of it up to now. */
export interface WorkerTool {
  id: string;
  kind: WorkerToolKind;
  title: string;
  /** The command line, where it runs one. */
  command?: string;
  /** The folder in which it runs it; absent: its own. */
  at?: WorkerPath;
  paths: WorkerPath[];
  status: 'running' | 'completed' | 'failed';
  output?: string;
}

/** What a CLI agent tells while it works. */
export type WorkerUpdate =
  | { type: 'text'; text: string }
  | { type: 'thought'; text: string }
  | { type: 'tool'; tool: WorkerTool }
  | { type: 'plan'; now: string | undefined; done: number; of: number }
  /** All that its session has cost so far, by its own count. */
  | { type: 'cost'; cost: NanoUsd }
  | { type: 'model'; model: string }
  /** It lives. */
  | { type: 'alive' };

/** What a CLI agent is told when it asks. */
export type WorkerPermission = 'allow' | 'deny' | 'cancelled';

export interface WorkerListener {
  update(update: WorkerUpdate): void;
  permit(tool: WorkerTool, signal: AbortSignal): Promise<WorkerPermission>;
  /** Whether it may write this file of its folder; the text is told to it otherwise. */
  refuseWrite(path: WorkerPath): Promise<string | undefined>;
}

/** Why a CLI agent does not work. */
export type WorkerFault =
  /** There is no such program, or it does not start. */
  | 'not-found'
  /** It wants its user to log in first. */
  | 'needs-login'
  /** It did something that it has to ask about without asking. */
  | 'unasked'
  /** Its processes ended in the middle. */
  | 'died'
  /** It answered with an error, or not in the protocol. */
  | 'failed';

export interface WorkerFailure {
  ok: false;
  reason: WorkerFault;
  /** For people. */
  message: string;
}

/** How one answer ended. */
export type WorkerTurn =
  | { ok: true; stop: 'end' | 'max-tokens' | 'max-turns' | 'refusal' | 'cancelled'; usage?: Usage }
  | WorkerFailure;

/** Whether somebody is logged in: what a CLI agent tells of it before it is asked for anything. */
export type WorkerLogin = 'there' | 'none' | 'unknown';

/** What came of telling it to do something outside of its folder, which it has to ask about. */
export interface WorkerProof {
  /** `unclear`: it did not even try. */
  asks: 'yes' | 'no' | 'unclear';
  /** What it said. */
  said: string;
  turn: WorkerTurn;
}

/** A CLI agent at work. */
export interface WorkerSession {
  /** Whether the operating system holds it and all that it starts. */
  readonly held: boolean;
  readonly login: WorkerLogin;
  /** Whether nothing has shown yet that it asks before it acts: then it has to be proved before it works. */
  readonly unproved: boolean;
  /** Tells it to act outside of its folder, and refuses when it asks. Costs an answer. Never rejects. */
  prove(signal: AbortSignal): Promise<WorkerProof>;
  /** It always tells its usage when a model has answered it: silence means that none has. */
  readonly tellsUsage: boolean;
  /** Whether it takes images. */
  readonly sees: boolean;
  /** The signal asks it to stop. Who does not stop soon is ended with all its processes. Never rejects. */
  prompt(text: string, images: readonly ImagePart[], signal: AbortSignal): Promise<WorkerTurn>;
  /** Ends its processes, and resolves when none of them is left. */
  end(): Promise<void>;
}

export interface WorkerOpening {
  folder: string;
  listener: WorkerListener;
  /** What it may spend, for those that keep to a limit of their own. */
  budget?: NanoUsd;
}

/** The CLI agents of the user's machine. */
export interface Workers {
  open(
    name: string,
    opening: WorkerOpening,
    signal: AbortSignal,
  ): Promise<{ ok: true; session: WorkerSession } | WorkerFailure>;
}

/** A difference between what a copy began with and what stands in it now; null: there is no such file. */
export interface CopyChange {
  path: RelPath;
  before: Hash | null;
  after: Hash | null;
}

/** A CLI agent's own copy of the workspace, without what ignore rules leave out. */
export interface WorkerCopy {
  readonly folder: string;
  changes(signal?: AbortSignal): Promise<CopyChange[]>;
  read(path: RelPath): Promise<Uint8Array>;
  remove(): Promise<void>;
}

export interface WorkerCopies {
  /** Undefined where the workspace is too large to be copied. */
  make(signal: AbortSignal): Promise<WorkerCopy | undefined>;
}
