import type { SessionHost } from '../../protocol/events.ts';
import type { Hash } from '../../protocol/ids.ts';
import type { Disposable } from '../ports.ts';
import type { SealChain } from './seal.ts';

/** Why the place where a session is kept did not take or give something. */
export type StoreFailure =
  /** The disk or folder cannot be written. */
  | 'read-only'
  /** No room is left, or a quota is used up. */
  | 'full'
  /** The session's folder is gone. */
  | 'missing'
  /** Another process owns the session now. */
  | 'lost-lock'
  | 'failed';

export class StoreError extends Error {
  readonly reason: StoreFailure;
  constructor(reason: StoreFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.reason = reason;
  }
}

/** Who owns a session, as far as its lock tells. */
export interface SessionOwner {
  pid: number;
  host: SessionHost;
  machine: string;
  /** Milliseconds since 1970. */
  since: number;
  /** Nothing runs: it holds the session only in order to decide what that left. */
  reviews?: true;
}

/** A process that only reviews a session releases it when somebody wants to run it. */
export type LockUse = 'run' | 'review';

/** Ownership of a session: of all processes, only its holder appends to the journal. */
export interface SessionLock {
  /** Aborts when somebody else took the session over, which happens only to an owner that seemed dead. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export type LockResult = { ok: true; lock: SessionLock } | { ok: false; owner: SessionOwner };

/** Names of the texts that stand beside the journal. */
export type SessionText = 'log.md' | 'report.md' | 'report.json' | 'report.html';

/** A request of another process, as it was dropped. */
export interface DroppedRequest {
  id: string;
  text: string;
}

/** A request as it lies there. */
export interface FoundRequest extends DroppedRequest {
  /** Whether a program of this user dropped it. */
  own: boolean;
}

/** Where one session is kept. Methods reject with StoreError. */
export interface SessionStore {
  /** What the session is called. */
  readonly id: string;
  /** For people: where the session's files are. */
  readonly place: string;

  /** Takes the session over at once from an owner that is provably gone; says who owns it otherwise. */
  lock(host: SessionOwner['host'], use?: LockUse): Promise<LockResult>;
  owner(): Promise<SessionOwner | undefined>;

  /** Seals for this session's journal, from its beginning on; undefined where journals need none. */
  chain(use: 'read' | 'write'): Promise<SealChain | undefined>;
  /** The journal's bytes from `from` to its present end. Nothing where there is no journal yet. */
  readJournal(from: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Puts bytes at `at`, which is the journal's end, and flushes them and all blobs to disk; rejects unless all of them are there. */
  appendJournal(bytes: Uint8Array, at: number): Promise<void>;
  truncateJournal(size: number): Promise<void>;
  /** Puts these lines in the place of all there were, in one step, sealed where journals are. */
  replaceJournal(lines: readonly string[]): Promise<void>;
  /** Calls back soon after the journal may have grown, in whichever process. */
  watchJournal(changed: () => void): Disposable;

  putBlob(bytes: Uint8Array): Promise<Hash>;
  /** Undefined where there is none, and where what stands there is not what its name says. */
  getBlob(hash: Hash): Promise<Uint8Array | undefined>;

  /** Replaces the text in one step: readers see the old one or the new one. */
  writeText(name: SessionText, text: string): Promise<void>;
  readText(name: SessionText): Promise<string | undefined>;

  dropRequest(request: DroppedRequest): Promise<void>;
  /** Oldest first. */
  listRequests(): Promise<FoundRequest[]>;
  removeRequest(id: string): Promise<void>;
  watchRequests(changed: () => void): Disposable;

  close(): Promise<void>;
}
