import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Clock, Disposable, Processes, ProcessOutcome, ProcessRequest, Talk } from '../core/ports.ts';
import { systemClock } from './clock.ts';
import { endsWithUs, isGone } from './process/ends-with-us.ts';
import { commandEnvironment } from './process/environment.ts';
import { KeptOutput } from './process/kept-output.ts';
import { runningProcess } from './process/listening.ts';
import { MARK, signalTree, treeLives } from './process/process-tree.ts';
import { findShell, type Shell } from './process/shell.ts';

export interface ProcessOptions {
  /** Where commands run: the workspace. */
  root: string;
  shell?: Shell;
  environment?: NodeJS.ProcessEnv;
  clock?: Clock;
  /** How long a command may clean up after it was told to end. */
  graceMs?: number;
}

/** What a command is started through: it holds all of the command's processes, and by itself it ends after the last of them. */
export interface Launcher {
  file: string;
  /** Stand before the shell and its arguments. */
  args: readonly string[];
  /** Set for it beside what all commands get. */
  env: Readonly<Record<string, string>>;
  /** Open files that it inherits, as 3 and the numbers after it. */
  files?: readonly number[];
}

/** Processes, and the language their command lines are in. */
export interface NodeProcesses extends Processes {
  readonly shell: Shell['kind'];
}

export interface LaunchingProcesses extends NodeProcesses {
  /** Starts the shell through another program. */
  runThrough(launcher: Launcher, request: ProcessRequest, signal: AbortSignal): Promise<ProcessOutcome>;
}

/** How long a pipe may stay open after the command itself is gone. */
const drainMs = 250;
/** How often to look whether what was told to end has ended. */
const pollMs = 50;
/** What holds all processes of a command together ends them together. */
const launchedPollMs = 3;
/** From here on a flood of output is slowed down. */
const floodBytes = 16 * 1024 * 1024;
const floodPauseMs = 20;

/** Runs commands, each with a process group of its own, which ends with the command. */
export function createProcesses(options: ProcessOptions): LaunchingProcesses {
  const shell = options.shell ?? findShell();
  const settings = { clock: systemClock, graceMs: 2000, environment: process.env, ...options, shell };
  return {
    shell: shell.kind,
    run: (request, signal) => new Run(request, settings).outcome(signal),
    runThrough: (launcher, request, signal) => new Run(request, settings, launcher).outcome(signal),
  };
}

type Settings = Required<ProcessOptions>;
type Cause = 'timeout' | 'aborted';

/** One command on its way. */
class Run {
  readonly #request: ProcessRequest;
  readonly #settings: Settings;
  readonly #launcher: Launcher | undefined;
  readonly #kept: KeptOutput;
  readonly #decoder = new StringDecoder('utf8');
  readonly #mark = randomUUID();
  readonly #timers = new Set<Disposable>();
  readonly #started: number;
  readonly #gone = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;
  #bytes = 0;
  #slowedAt = floodBytes;
  #cause: Cause | undefined;
  #failure: string | undefined;
  /** From here on no timer is set and no signal sent: the number may be another's by now. */
  #over = false;

  constructor(request: ProcessRequest, settings: Settings, launcher?: Launcher) {
    this.#request = request;
    this.#settings = settings;
    this.#launcher = launcher;
    this.#kept = new KeptOutput(request.outputLimit);
    this.#started = settings.clock.monotonic();
  }

  async outcome(signal: AbortSignal): Promise<ProcessOutcome> {
    if (signal.aborted) return this.#report({ ended: 'aborted' });
    const abort = () => void this.#end('aborted');
    signal.addEventListener('abort', abort, { once: true });
    try {
      this.#start();
      await this.#gone.promise;
    } finally {
      this.#over = true;
      signal.removeEventListener('abort', abort);
      for (const timer of this.#timers) timer.dispose();
      if (this.#child) isGone(this.#child);
    }
    const child = this.#child;
    if (!child || child.pid === undefined)
      return this.#report({ ended: 'not-started', message: this.#failure ?? 'unknown reason' });
    if (this.#cause) return this.#report({ ended: this.#cause });
    if (child.signalCode) return this.#report({ ended: 'signal', signal: child.signalCode });
    return this.#report({ ended: 'exit', ...(child.exitCode === null ? {} : { exit: child.exitCode }) });
  }

  #start(): void {
    const { root, shell, environment } = this.#settings;
    const { command, cwd, env, timeoutMs, talk } = this.#request;
    const { file, args, files = [], env: more } = this.#launcher ?? { file: shell.file, args: [], env: {} };
    const folder = cwd === undefined ? root : join(root, cwd);
    const line = shell.args(command, talk !== undefined);
    const inner = this.#launcher ? [shell.file, ...line] : line;
    try {
      this.#child = spawn(file, [...args, ...inner], {
        cwd: folder,
        env: { ...commandEnvironment(environment, root, { ...env, ...more }, folder), [MARK]: this.#mark },
        stdio: [talk ? 'pipe' : 'ignore', 'pipe', 'pipe', ...files],
        // A group of its own, so that one signal reaches all of it.
        detached: process.platform !== 'win32',
        windowsHide: true,
        windowsVerbatimArguments: shell.verbatim,
      });
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#gone.resolve();
      return;
    }
    const child = this.#child;
    endsWithUs(child);
    child.once('error', error => {
      this.#failure = error.message;
      // Where nothing was started no further event comes.
      if (child.pid === undefined) this.#gone.resolve();
    });
    child.stdout?.on('data', (chunk: Buffer) => (talk ? this.#hear(talk, chunk) : this.#take(chunk)));
    child.stderr?.on('data', (chunk: Buffer) => this.#take(chunk));
    // Writing to what has ended is told by its end.
    child.stdin?.on('error', () => undefined);
    child.once('spawn', () => {
      this.#request.onStart?.(runningProcess(this.#mark));
      talk?.attach(text => {
        if (child.stdin?.writable) child.stdin.write(text);
      });
    });
    child.once('exit', () => void this.#exited());
    child.once('close', () => void this.#closed());
    this.#after(timeoutMs, () => void this.#end('timeout'));
  }

  #take(chunk: Buffer): void {
    this.#kept.add(chunk);
    this.#bytes += chunk.length;
    const { onOutput } = this.#request;
    const text = onOutput ? this.#decoder.write(chunk) : '';
    if (text) onOutput?.(text);
    this.#slow();
  }

  #hear(talk: Talk, chunk: Buffer): void {
    this.#bytes += chunk.length;
    talk.hear(chunk);
    this.#slow();
  }

  #slow(): void {
    if (this.#bytes < this.#slowedAt) return;
    this.#slowedAt = this.#bytes + 1024 * 1024;
    const streams = [this.#child?.stdout, this.#child?.stderr];
    for (const stream of streams) stream?.pause();
    this.#after(floodPauseMs, () => {
      for (const stream of streams) stream?.resume();
    });
  }

  /** What a command leaves running ends with it: nobody would ever look after it again. */
  async #exited(): Promise<void> {
    const child = this.#child;
    if (this.#cause || child?.pid === undefined) return;
    if (!this.#leftNothing() && (await treeLives(child.pid))) await signalTree(child.pid, this.#mark, 'SIGTERM');
    this.#after(drainMs, () => void this.#finish());
  }

  /** Ends everything the command started: first asked, then by force. */
  async #end(cause: Cause): Promise<void> {
    const pid = this.#child?.pid;
    const over = this.#child?.exitCode !== null || this.#child.signalCode !== null;
    if (this.#cause || pid === undefined || over) return;
    this.#cause = cause;
    for (const stream of [this.#child?.stdout, this.#child?.stderr]) stream?.resume();
    await signalTree(pid, this.#mark, 'SIGTERM');
    this.#after(this.#settings.graceMs, () => void this.#finish());
  }

  /** Nothing can be heard any more. Over only when nothing is left running either. */
  async #closed(): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#leftNothing() || !(await treeLives(pid, this.#cause && this.#mark)))
      this.#gone.resolve();
    else this.#after(this.#launcher ? launchedPollMs : pollMs, () => void this.#closed());
  }

  /** Known without looking through all processes of the machine. */
  #leftNothing(): boolean {
    return this.#launcher !== undefined && this.#cause === undefined && this.#child?.exitCode !== null;
  }

  /** By force, and without waiting for pipes that someone still holds. */
  async #finish(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    await signalTree(child.pid, this.#mark, 'SIGKILL');
    this.#after(drainMs, () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      this.#gone.resolve();
    });
  }

  #after(ms: number, run: () => void): void {
    if (this.#over) return;
    const timer = this.#settings.clock.after(ms, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  #report(ending: Pick<ProcessOutcome, 'ended' | 'exit' | 'signal' | 'message'>): ProcessOutcome {
    const rest = this.#decoder.end();
    if (rest) this.#request.onOutput?.(rest);
    return { ...ending, ...this.#kept.result(), ms: this.#settings.clock.monotonic() - this.#started };
  }
}
