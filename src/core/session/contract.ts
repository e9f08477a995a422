import type { Dated, Event, LongText } from '../../protocol/events.ts';
import type { Hash } from '../../protocol/ids.ts';
import type { Disposable } from '../ports.ts';
import type { SessionState } from './state.ts';

/** The one place where facts are put down, and what follows from them. */
export interface EventJournal<S, E> {
  /** State after every event appended so far: never behind. Treat as read-only. */
  readonly state: S;
  /** Takes the event at once (state and listeners see it synchronously); it is on disk within 50 ms. */
  append(event: E): Dated<E>;
  /** Like append, but resolves only when the event is flushed to disk: for intents, before the side effect. */
  commit(event: E): Promise<Dated<E>>;
  /** Resolves when all that has been appended is flushed. */
  flush(): Promise<void>;
  /** Called for each event, in order, after the state took it. */
  subscribe(listener: (event: Dated<E>) => void): Disposable;
}

/** The facts of a session. */
export interface Journal extends EventJournal<SessionState, Event> {
  /** Bytes exactly as they are: for files of the workspace and what is derived from them, which a review puts back. */
  putBlob(bytes: Uint8Array): Promise<Hash>;
  /** Text that is not a file (transcripts, outputs): secrets are taken out first. */
  putText(text: string): Promise<Hash>;
  getBlob(hash: Hash): Promise<Uint8Array | undefined>;
  /** Keeps short text inline and puts long text into a blob. */
  longText(text: string): Promise<LongText>;
}
