import type { Hash, RelPath } from '../protocol/ids.ts';
import type { StoodOn } from '../protocol/stood-on.ts';

/** Something that must be released, once. */
export interface Disposable {
  dispose(): void;
}

/** Time, so that tests can set it. */
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

/** Thrown for a path that agents may not use, wherever it came from. */
export class PathRefused extends Error {
  readonly reason: PathRefusal;
  constructor(reason: PathRefusal) {
    super(`path refused: ${reason}`);
    this.reason = reason;
  }
}

export interface FileVersion {
  bytes: Uint8Array;
  hash: Hash;
}

export type WriteResult =
  | { ok: true; hash: Hash | null }
  /** Someone else wrote it: `actual` is what is there now. */
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
  /** It does not match and is there as context for its neighbour. */
  around?: boolean;
}

export interface SearchQuery {
  pattern: string;
  /** In RE2's syntax; else plain text. */
  regex?: boolean;
  caseSensitive?: boolean;
  /** A match may span lines, as it may anyway where the pattern contains a line end. */
  multiline?: boolean;
  /** Without "/" it matches at any depth, a folder stands for everything in it, "!" in front excludes. */
  globs?: string[];
  /** Lines before and after each. */
  context?: number;
  /** The first line of each file only. */
  filesOnly?: boolean;
  /** Lines that match. */
  limit: number;
}

/** What `search` rejects with when the pattern is not a regular expression. */
export class PatternError extends Error {}

/** The open workspace as agents see it: unsaved text of the editor included. Every path has been resolved first. */
export interface WorkspaceFiles {
  /** For display and for starting processes. */
  readonly root: string;
  /** Where a path written by a model really leads: links followed, case as on disk, inside the workspace or refused. */
  resolve(
    path: string,
    access: 'read' | 'write',
  ): Promise<{ ok: true; path: RelPath } | { ok: false; reason: PathRefusal }>;
  /** Undefined where there is no file. */
  read(path: RelPath, signal?: AbortSignal): Promise<FileVersion | undefined>;
  /** When it was last written, as the disk says; undefined where there is no file. */
  writtenAt(path: RelPath): Promise<number | undefined>;
  /** In bytes, without reading it. */
  sizeOf(path: RelPath): Promise<number | undefined>;
  /** Atomic; keeps the mode; makes missing folders. Writes only over `expected` (null: no file there yet). */
  write(path: RelPath, bytes: Uint8Array, expected: Hash | null, signal?: AbortSignal): Promise<WriteResult>;
  /** To the trash where there is one. */
  remove(path: RelPath, expected: Hash, signal?: AbortSignal): Promise<WriteResult>;
  /** The folders above a path that are not there, the topmost first: a write would make them. */
  missingFolders(path: RelPath): Promise<RelPath[]>;
  /** Removes an empty folder; false where it is missing or not empty. */
  removeEmpty(folder: RelPath): Promise<boolean>;
  /** Files that ignore rules leave, in a stable order. */
  list(options: {
    globs?: string[];
    limit: number;
    signal?: AbortSignal;
  }): Promise<{ files: ListedFile[]; more: boolean }>;
  /** How many of those files stand in each folder, not counting what is below it; "" is the root. */
  folders(options: { globs?: string[]; signal?: AbortSignal }): Promise<Map<RelPath, number>>;
  search(query: SearchQuery, signal?: AbortSignal): Promise<{ hits: SearchHit[]; more: boolean }>;
}

/** What the files of a workspace are of; undefined where nobody can tell. It never rejects, and does not take long. */
export interface StoodOnPort {
  files(signal?: AbortSignal): Promise<StoodOn | undefined>;
  /** The commit alone, which costs little. */
  commit(signal?: AbortSignal): Promise<string | undefined>;
}

/** What a language server or a linter says about a line. */
export interface FileProblem {
  severity: 'error' | 'warning';
  line: number;
  message: string;
  source?: string;
}

/** Problems of a file that was written just now. */
export type FindProblems = (path: RelPath, signal: AbortSignal) => Promise<FileProblem[]>;

/** A command that is talked to: its stdout is heard and not kept, and only its stderr is output. */
export interface Talk {
  /** Called once it has been started. */
  attach(send: (text: string) => void): void;
  hear(chunk: Uint8Array): void;
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
  /** Absent: it has no input. */
  talk?: Talk;
  /** Called once it has been started. */
  onStart?: (running: RunningProcess) => void;
}

/** A command while it runs. */
export interface RunningProcess {
  /** On which its processes listen; empty where the system does not tell. */
  ports(): Promise<readonly number[]>;
  /** Whether its processes listen there; where the system does not tell whose a port is, whether anybody does. */
  listens(port: number): Promise<boolean>;
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

export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

export interface HttpAnswer {
  status: number;
  /** By name in lower case; several of one name are joined with commas. */
  headers: Record<string, string>;
  body: string;
}

/** HTTP with programs of this machine, and nobody else. */
export interface Http {
  /** One request, one answer: redirects are answers. Rejects where there is none, or where the address is not of this machine. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** A port of this machine on which nobody listens. */
  freePort(): Promise<number>;
}

/** What the operating system lets a command do; everything else is refused. */
export interface CommandRights {
  /** Who runs it: each has a home and a folder for temporary files of its own, which stay from command to command. */
  owner: string;
  /** Globs of the files it may write, beside what git ignores and its own folders. */
  write: readonly string[];
  /** Domains it may reach, `*.` for all below one; a loopback of its own it has always. */
  network: readonly string[];
  /** Its loopback is that of the owner's other commands that share it; absent: one of its own. */
  sharedLoopback?: boolean;
}

/** What a command left of a file; null: it is gone. */
export interface StagedChange {
  path: RelPath;
  before: Hash | null;
  after: Hash | null;
  /** Somebody else changed it, too, while the command ran. */
  meanwhile?: true;
}

/** How a command ended in the sandbox. What it changed stands beside the workspace until it is landed or dropped. */
export interface SandboxedRun {
  outcome: ProcessOutcome;
  changes: readonly StagedChange[];
  /** What it changed without being allowed to; that is dropped. */
  refused: readonly RelPath[];
  /** Domains it asked for and did not reach. */
  unreached: readonly string[];
  read(path: RelPath): Promise<Uint8Array>;
  /** To be called in the end: these files keep their executable bit, and the rest is dropped. */
  close(landed: readonly RelPath[]): Promise<void>;
}

/** A file that changed while a command ran without a sandbox. */
export interface LooseChange {
  path: RelPath;
  /** What stood there; null: nothing did; undefined: it was not kept. */
  before: Uint8Array | null | undefined;
  after: Hash | null;
}

/** How the workspace stood before a command. */
export interface WorkspaceLook {
  /** What has changed since, but for what ignore rules leave out. */
  changes(): Promise<LooseChange[]>;
}

/** Finds out what commands without a sandbox change. */
export interface WorkspaceWatch {
  /** Keeps the contents of these files, and of some that are ignored; undefined where there are too many. */
  look(keep: (path: RelPath) => boolean, also?: readonly RelPath[]): Promise<WorkspaceLook | undefined>;
}

/** Whether commands can be run in a sandbox here, and in which. */
export type SandboxStanding =
  | { holds: true; by: string /** What cannot be done in it here, and what to install. */; lacks?: string }
  | { holds: false; why: string; advice: string };

/** A program of the user's that works by itself, and what it may do. */
export interface OwnProgram {
  /** Those of one owner share a home folder of their own. */
  owner: string;
  path: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Where it works: it may write all of it, and read what lies beside it. */
  folder: string;
  /** Its own files, which it may write; in the home folder, unless they are named by their whole path. */
  keeps: readonly string[];
  /** Files and folders of the home folder that it works with a copy of. */
  copies: readonly string[];
  /** Files among these that are taken back when it has changed them. */
  renews: readonly string[];
  network: readonly string[];
  /** Ports of this machine's own loopback that it may reach. */
  localPorts: readonly number[];
}

/** How a program is started in the sandbox. */
export interface HeldProgram {
  path: string;
  args: readonly string[];
  env: Record<string, string>;
  /** To be called when it has ended. Domains it asked for and did not reach. */
  close(): readonly string[];
}

/** Runs commands with these rights and no others. */
export interface Sandbox {
  /** Found out by running a command, once. */
  standing(): Promise<SandboxStanding>;
  /** Never throws. */
  run(request: ProcessRequest, rights: CommandRights, signal: AbortSignal): Promise<SandboxedRun>;
  /** Rejects where the program cannot be held. */
  hold(program: OwnProgram): Promise<HeldProgram>;
  close(): Promise<void>;
}

/** A folder with a `SKILL.md` and what belongs to it. */
export interface SkillFolder {
  /** As people know it: in the workspace, or `~/…`. */
  path: string;
  /** The user's own; else it came with the workspace. */
  own: boolean;
  /** Paths of the files in it, relative to it, `limit` at most; what links lead to is not among them. */
  files(limit: number): Promise<string[]>;
  /** At most `limit` bytes; undefined where there is no such file in it, or none that agents may read. */
  read(file: string, limit: number): Promise<string | undefined>;
}

/** A tool that others bring: another extension of the editor, or a server that the editor runs. */
export interface ForeignTool {
  name: string;
  description: string;
  /** What its arguments must satisfy; none: it takes no arguments, or does not say. */
  schema?: Record<string, unknown>;
  /** Other names it goes by where people choose tools. */
  aliases?: readonly string[];
  /** Who brings it, for people. */
  from?: string;
}

export type ForeignPart =
  | { type: 'text'; text: string }
  | { type: 'json'; value: unknown }
  | {
      type: 'data';
      mediaType: string;
      bytes: number /** Absent: only that it is there is known. */;
      content?: Uint8Array;
    };

export type ForeignResult =
  | { ok: true; parts: ForeignPart[] }
  /** `gone`: there is no such tool any more. `cancelled`: a person, or the tool itself, called it off. */
  | { ok: false; reason: 'gone' | 'cancelled' | 'failed'; message: string };

/** Tools that others bring. They may do anything, and come and go while a session runs. */
export interface ForeignTools {
  /** Resolves when it is known which there are; absent: it always is. */
  ready?(): Promise<void>;
  /** Those there are now. */
  list(): readonly ForeignTool[];
  /** Never throws; ends at once when the signal aborts, whether or not the tool does. */
  invoke(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<ForeignResult>;
}

export interface WebPage {
  /** Where it was found in the end. */
  url: string;
  status: number;
  title?: string;
  text: string;
  /** It was not read: the address leads here, where it was not allowed to go. */
  leadsTo?: string;
}

/** Pages of the open internet as text; nothing of this machine or of a private network. */
export interface WebPages {
  /** `allows` is asked at every step of the way. Rejects with half a sentence that says why. */
  read(url: string, allows: (url: URL) => boolean, signal: AbortSignal): Promise<WebPage>;
}

/** Which pages of a PDF are read, from 1, or from the end where `from` is negative; no more than about `most` characters. */
export interface PdfPages {
  from: number;
  to: number;
  most: number;
}

/** The text of pages of a PDF that has `of` pages, or why there is none: `locked` by a password. */
export type PdfRead =
  | { ok: true; of: number; from: number; texts: string[] }
  | { ok: false; why: 'locked' | 'broken' | 'too-slow' | 'too-large' };

/** Rejects when it is aborted, and for nothing that a file holds. */
export type ReadPdf = (bytes: Uint8Array, pages: PdfPages, signal: AbortSignal) => Promise<PdfRead>;

/** What an agent's browser may open and ask for. */
export interface BrowserRights {
  /** Whose it is: it shares the loopback of this owner's commands, where these have one of their own. */
  owner: string;
  allows(url: URL): boolean;
}

/** A page as somebody who cannot see it finds it. */
export interface PageState {
  url: string;
  title: string;
  /** Its accessibility tree, a line for each; what can be used has a mark such as `[e3]`. */
  outline: readonly string[];
  /** What its console, its requests and its dialogs said since it was asked last. */
  said: readonly string[];
  /** Of the last page that was opened. */
  status?: number;
  /** It had not finished loading. */
  unfinished?: boolean;
}

/** One page in a browser without a window. All of it rejects with a sentence for the model. */
export interface BrowserPage {
  open(url: string, size?: { width: number; height: number }): Promise<PageState>;
  state(): Promise<PageState>;
  /** A PNG of what is in sight, or of the whole page. */
  picture(whole: boolean): Promise<Uint8Array>;
  /** `target`: a mark, a name as it stands in the outline, a CSS selector, or `x,y`. */
  click(target: string): Promise<PageState>;
  /** Replaces what stands in the field. */
  type(target: string, text: string): Promise<PageState>;
  press(key: string): Promise<PageState>;
  /** Whether it can be used any more. */
  readonly gone: boolean;
  close(): Promise<void>;
}

/** Browsers that are installed here. */
export interface Browsers {
  /** Rejects with what to install where there is none. */
  launch(rights: BrowserRights): Promise<BrowserPage>;
}
