import type { Clock, Disposable, RunningProcess } from '../../ports.ts';
import { UnreadOutput } from './unread-output.ts';

/** What a command is waited for: a port on which it listens, or some text of its output. */
export type Awaited = { port: number } | { text: string };
export type WaitEnd = 'seen' | 'ended' | 'too-long' | 'aborted';

/** How often a port is looked at. */
const LOOK_MS = 150;

/** What runs it: as any command, told when it has begun and what it says. */
export type BackgroundRun<E> = (live: {
  signal: AbortSignal;
  onOutput: (text: string) => void;
  onStart: (running: RunningProcess) => void;
}) => Promise<E>;

/** A command that goes on while its agent does other things. */
export class BackgroundCommand<E = unknown> {
  readonly id: string;
  readonly command: string;
  readonly output = new UnreadOutput();
  /** How it ended; never rejects. */
  readonly done: Promise<E>;
  readonly #stop = new AbortController();
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #running: RunningProcess | undefined;
  #ended: { how: E } | undefined;

  constructor(id: string, command: string, clock: Clock, run: BackgroundRun<E>) {
    this.id = id;
    this.command = command;
    this.#clock = clock;
    this.done = run({
      signal: this.#stop.signal,
      onOutput: text => {
        this.output.add(text);
        this.#tell();
      },
      onStart: running => {
        this.#running = running;
        this.#tell();
      },
    }).then(how => {
      this.#ended = { how };
      this.#tell();
      return how;
    });
  }

  get ended(): E | undefined {
    return this.#ended?.how;
  }

  stop(): Promise<E> {
    this.#stop.abort();
    return this.done;
  }

  /** Ports of this machine, or of its own loopback, on which it listens, as far as that can be told. */
  async ports(): Promise<readonly number[]> {
    return this.#ended ? [] : ((await this.#running?.ports().catch(() => [])) ?? []);
  }

  /** Until it is so, or it has ended, or it takes too long. */
  async wait(wanted: Awaited | undefined, ms: number, signal: AbortSignal): Promise<WaitEnd> {
    const timers: Disposable[] = [];
    let over = false;
    const { promise, resolve } = Promise.withResolvers<WaitEnd>();
    const look = async () => {
      if (wanted && 'text' in wanted && this.output.has(wanted.text)) return resolve('seen');
      if (this.#ended) return resolve('ended');
      if (wanted && 'port' in wanted && (await this.#running?.listens(wanted.port).catch(() => false))) resolve('seen');
    };
    const again = async () => {
      await look();
      if (!over) timers.push(this.#clock.after(LOOK_MS, () => void again()));
    };
    const heard = () => void look();
    const aborted = () => resolve('aborted');
    this.#listeners.add(heard);
    signal.addEventListener('abort', aborted, { once: true });
    timers.push(this.#clock.after(ms, () => resolve('too-long')));
    try {
      if (signal.aborted) return 'aborted';
      if (wanted && 'port' in wanted) void again();
      else void look();
      return await promise;
    } finally {
      over = true;
      this.#listeners.delete(heard);
      signal.removeEventListener('abort', aborted);
      for (const timer of timers) timer.dispose();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
