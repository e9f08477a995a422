import type * as vscode from 'vscode';
import type { Changes } from '../../core/changes/changes.ts';
import type { Disposable } from '../../core/ports.ts';
import type { RequestOutcome } from '../../core/session/inbox.ts';
import type { Finding, SessionState } from '../../core/session/state.ts';
import type { RelPath } from '../../protocol/ids.ts';

/** What an agent is asked to do over. */
export interface FixRound {
  agent: string;
  task?: string;
  /** What is wrong, in the reviewer's words. */
  text: string;
  path?: RelPath;
  /** Counted from 1. */
  line?: number;
  finding?: string;
}

/** A session whose changes are under review: running, ended, or stored from an earlier window. */
export interface ReviewSession {
  /** The journal's own: read it, never change it. */
  readonly state: SessionState;
  readonly changes: Changes;
  /** Called after the state changed. */
  onDidChange(listener: () => void): Disposable;
  /** Absent while nobody is there to do the work. */
  sendFixRound?(request: FixRound): Promise<void>;
  resolveFinding(finding: Finding, how: string): Promise<RequestOutcome>;
  /** Another window tells people of its end. */
  told?: boolean;
}

/** The sessions that the review is about: those that run, and all with something to decide. */
export interface ReviewSource {
  /** Newest first. */
  readonly sessions: readonly ReviewSession[];
  /** Where their files are. */
  readonly folder: vscode.Uri;
  /** Called when one comes, goes, or is held in another way. */
  onDidChangeSessions(listener: () => void): Disposable;
}
