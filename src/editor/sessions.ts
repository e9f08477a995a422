import type { Disposable } from '../core/ports.ts';
import type { SessionState } from '../core/session/state.ts';

/** What the views show: the sessions of this workspace, each as its journal tells it. */
export interface SessionSource {
  /** Newest first. The states are the journals' own: read them, never change them. */
  readonly sessions: readonly SessionState[];
  /** Called after any of them changed. */
  onChange(listener: () => void): Disposable;
}

/** What the commands start. */
export interface SessionStarter {
  start(goal: string): Promise<void>;
  startDemo(): Promise<void>;
}

/** Before the first session: nothing to show, nothing that changes. */
export const noSessions: SessionSource = { sessions: [], onChange: () => ({ dispose() {} }) };
