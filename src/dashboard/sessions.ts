import type { AgentStream } from '../core/agent/contract.ts';
import type { Disposable } from '../core/ports.ts';
import type { SessionState } from '../core/session/state.ts';
import type { StationState } from '../core/station/contract.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { Hash } from '../protocol/ids.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import type { AgentTexts } from './agent-texts.ts';

/** A session as the views see it: run by this process or followed from another process. */
export interface ShownSession {
  /** The journal's own: read it, never change it. */
  readonly state: SessionState;
  /** The end of what each agent said; up to date when listeners are called. */
  readonly texts: AgentTexts;
  /** Whether somebody works on it. */
  readonly runs: boolean;
  /** Whether there is something left to run. */
  readonly resumable: boolean;
  /** Whether it came to its end and could take more work. */
  readonly finished: boolean;
  /** Called for each event, in order, after the state took it. */
  subscribe(listener: (event: JournalEvent) => void): Disposable;
  /** What flows beside the journal; silent where another process runs the session. */
  onStream(listener: AgentStream): Disposable;
  /** Asks the session's owner for something; resolves when it is done or refused. */
  request(body: InboxRequest): Promise<{ ok: boolean; message?: string }>;
  getBlob(hash: Hash): Promise<Uint8Array | undefined>;
}

/** Whether agents may run here; the views and the commands say the same. */
export type Readiness = 'ready' | 'untrusted' | 'no-folder';

/** The standing team of the workspace, whoever runs it. */
export interface TeamSource {
  /** Undefined as long as nobody has ever stood here. */
  readonly state: StationState | undefined;
  readonly runs: boolean;
  /** Called after it changed, came or went. */
  onChange(listener: () => void): Disposable;
}

/** What the views show: the sessions of this workspace. */
export interface SessionSource {
  /** Newest first. */
  readonly sessions: readonly ShownSession[];
  /** Called after any of them changed, and when one came or went. */
  onChange(listener: () => void): Disposable;
}
