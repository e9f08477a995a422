import type { Hash, RelPath } from '../protocol/ids.ts';

/** Something that must be let go of once. */
export interface Disposable {
  dispose(): void;
}

/** Time, so that tests own it. */
export interface Clock {
  /** Milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds that only ever grow; for durations. */
  monotonic(): number;
  /** Runs once after `ms`; disposing cancels it. */
  after(ms: number, run: () => void): Disposable;
}

/** Fresh ids: short, unique within a session, fit for file names and every vendor. */
export type NewId = (prefix: string) => string;

/** SHA-256 in lower-case hex. */
export type HashOf = (bytes: Uint8Array) => Hash;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
export interface Log {
  write(level: LogLevel, text: string, detail?: unknown): void;
}

/** Keys by provider name. Reading may ask a key chain; nothing is cached in plain text. */
export interface Secrets {
  get(provider: string): Promise<string | undefined>;
}

/** Why a path may not be used. */
export type PathRefusal = 'outside-workspace' | 'protected' | 'secret-file' | 'not-a-file' | 'invalid';

export interface FileVersion {
  bytes: Uint8Array;
  hash: Hash;
}

export type WriteResult =
  | { ok: true; hash: Hash | null }
  /** Someone else wrote it: `actual` is what stands there. */
  | { ok: false; reason: 'stale'; actual: Hash | null }
  | { ok: false; reason: 'failed'; message: string; code?: string };

export interface ListedFile {
  path: RelPath;
  bytes: number;
}

export interface SearchHit {
  path: RelPath;
  line: number;
  text: string;
}

export interface SearchQuery {
  pattern: string;
  regex?: boolean;
  caseSensitive?: boolean;
  globs?: string[];
  limit: number;
}

/** What `search` rejects with when the pattern is no regular expression. */
export class PatternError extends Error {}

/** The open workspace as agents see it: unsaved text of the editor included. Every path has been resolved first. */
export interface WorkspaceFiles {
  /** For display and for starting processes. */
  readonly root: string;
  /** Where a path that a model wrote really leads: links followed, case as on disk, inside the workspace or refused. */
  resolve(
    path: string,
    access: 'read' | 'write',
  ): Promise<{ ok: true; path: RelPath } | { ok: false; reason: PathRefusal }>;
  /** Undefined where there is no file. */
  read(path: RelPath, signal?: AbortSignal): Promise<FileVersion | undefined>;
  /** Atomic; keeps the mode; makes missing folders. Writes only over `expected` (null: no file there yet). */
  write(path: RelPath, bytes: Uint8Array, expected: Hash | null, signal?: AbortSignal): Promise<WriteResult>;
  /** To the trash where there is one. */
  remove(path: RelPath, expected: Hash, signal?: AbortSignal): Promise<WriteResult>;
  /** Files that ignore rules leave, in a stable order. */
  list(options: {
    globs?: string[];
    limit: number;
    signal?: AbortSignal;
  }): Promise<{ files: ListedFile[]; more: boolean }>;
  search(query: SearchQuery, signal?: AbortSignal): Promise<{ hits: SearchHit[]; more: boolean }>;
}

export interface ProcessRequest {
  /** A line for the platform's shell, already judged. */
  command: string;
  cwd?: RelPath;
  env?: Record<string, string>;
  timeoutMs: number;
  /** Bytes of output kept: the beginning and the end. */
  outputLimit: number;
  onOutput?: (text: string) => void;
}

export interface ProcessOutcome {
  ended: 'exit' | 'signal' | 'timeout' | 'aborted' | 'not-started';
  exit?: number;
  signal?: string;
  /** stdout and stderr as they came. */
  output: string;
  /** Bytes left out of `output`. */
  omitted: number;
  ms: number;
  message?: string;
}

/** Runs commands in process groups of their own, without secrets in the environment. Never throws. */
export interface Processes {
  run(request: ProcessRequest, signal: AbortSignal): Promise<ProcessOutcome>;
}
