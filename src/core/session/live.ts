import type { SessionOutcome } from '../../protocol/events.ts';
import type { RelPath } from '../../protocol/ids.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import type { AgentStream } from '../agent/contract.ts';
import type { Changes } from '../changes/changes.ts';
import type { PlanProblem } from '../plan/problem.ts';
import type { Disposable } from '../ports.ts';
import type { Journal } from './contract.ts';
import type { RequestOutcome } from './inbox.ts';

/** A session that this process runs, as views and commands see it. */
export interface LiveSession {
  readonly id: string;
  /** Its folder, for people. */
  readonly place: string;
  readonly journal: Journal;
  readonly changes: Changes;
  /** The same that other processes drop into the inbox. */
  request(body: InboxRequest): Promise<RequestOutcome>;
  /** Approves the proposed plan, as it is or as somebody edited its text; what is wrong with the text comes back. */
  approvePlan(edited?: string): Promise<{ ok: true } | { ok: false; problems: PlanProblem[] }>;
  /** Gives a change that was rejected back to the task that made it, with the reason. */
  mend(path: RelPath, reason: string): RequestOutcome;
  /** What streams in and is not kept: the agents' words as they come. */
  follow(stream: AgentStream): Disposable;
  /** Stops cleanly; it can be resumed. */
  stop(reason: string): void;
  /** Aborts, with the reason for `whyUnkept`, when its folder takes no more: it then stops by itself. */
  readonly unkept: AbortSignal;
  /** Resolves when everything is written and let go of; undefined when it was stopped and can be resumed. */
  readonly done: Promise<SessionOutcome>;
}
