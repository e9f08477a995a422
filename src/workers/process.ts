import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../core/ports.ts';
import { endsWithUs, isGone } from '../node/process/ends-with-us.ts';
import { KeptOutput } from '../node/process/kept-output.ts';
import { MARK, signalTree, treeLives } from '../node/process/process-tree.ts';

export interface ProgramStart {
  path: string;
  args: readonly string[];
  folder: string;
  env: Record<string, string>;
}

const STDERR_KEPT = 4000;
/** How long it may clean up after it was told to end, and how often to check whether it has ended. */
const GRACE_MS = 2000;
const POLL_MS = 50;

/** Arguments as cmd.exe wants them: npm puts programs there as batch files, which nothing else can start. */
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

function start({ path, args, folder, env }: ProgramStart, mark: string): ChildProcess {
  const batch = process.platform === 'win32' && /\.(cmd|bat)$/i.test(path);
  const options = {
    cwd: folder,
    env: { ...env, [MARK]: mark },
    stdio: 'pipe' as const,
    // A group of its own, so that one signal reaches all of it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  };
  if (!batch) return spawn(path, args, options);
  const line = `"${[path, ...args].map(quoted).join(' ')}"`;
  return spawn(env.ComSpec ?? env.COMSPEC ?? 'cmd.exe', ['/d', '/s', '/c', line], {
    ...options,
    windowsVerbatimArguments: true,
  });
}

/** A program with a process group of its own, talked to over its pipes. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #mark = randomUUID();
  readonly #errors = new KeptOutput(STDERR_KEPT);
  readonly #exit = Promise.withResolvers<string>();
  #ending: Promise<void> | undefined;
  #startError: string | undefined;

  constructor(program: ProgramStart, clock: Clock) {
    this.#clock = clock;
    const child = start(program, this.#mark);
    this.#child = child;
    endsWithUs(child);
    child.stderr?.on('data', (chunk: Buffer) => this.#errors.add(chunk));
    // Writing to what has ended is told by its end.
    child.stdin?.on('error', () => undefined);
    child.once('error', error => {
      this.#startError = error.message;
      if (child.pid === undefined) this.#exit.resolve(error.message);
    });
    child.once('exit', (code, signal) => this.#exit.resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
  }

  get input(): Writable {
    return this.#child.stdin as Writable;
  }

  get output(): Readable {
    return this.#child.stdout as Readable;
  }

  /** It could not be started at all. */
  get startError(): string | undefined {
    return this.#child.pid === undefined ? (this.#startError ?? 'it did not start') : undefined;
  }

  /** Resolves with how it ended. */
  get exited(): Promise<string> {
    return this.#exit.promise;
  }

  /** The end of what it complained of. */
  get complaint(): string {
    return this.#errors.result().output.trim().split('\n').slice(-3).join('\n');
  }

  /** Ends it with all that it started; resolves when none of that is left. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const { pid } = this.#child;
    if (pid !== undefined) {
      await signalTree(pid, this.#mark, 'SIGTERM');
      if (!(await this.#goneWithin(pid, GRACE_MS))) {
        await signalTree(pid, this.#mark, 'SIGKILL');
        await this.#goneWithin(pid, GRACE_MS);
      }
    }
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    isGone(this.#child);
  }

  async #goneWithin(pid: number, ms: number): Promise<boolean> {
    const until = this.#clock.monotonic() + ms;
    while (await treeLives(pid, this.#mark)) {
      if (this.#clock.monotonic() >= until) return false;
      await new Promise<void>(resolve => this.#clock.after(POLL_MS, resolve));
    }
    return true;
  }
}
