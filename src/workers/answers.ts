import type { ClientConnection, RequestError } from '@agentclientprotocol/sdk';
import type { Clock } from '../core/ports.ts';
import type { WorkerFailure } from '../core/worker/contract.ts';
import type { WorkerProcess } from './process.ts';

/** What was asked to stop and does not is ended after so long. */
const CANCEL_MS = 10_000;
/** The protocol's error that wants a login. */
export const AUTH_REQUIRED = -32000;
/** Of what it says of a failure. */
export const DETAIL = 500;

interface AnswersParts {
  program: WorkerProcess;
  connection: ClientConnection;
  RequestError: typeof RequestError;
  clock: Clock;
}

/** Waits for the answer of a CLI agent, while it lives and somebody wants to know. */
export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** Like `limited`, without a limit until it is asked to stop. */
  async unlessIgnored<T>(signal: AbortSignal, run: () => Promise<T>): Promise<{ value: T } | WorkerFailure> {
    const patience = new AbortController();
    let timer: { dispose(): void } | undefined;
    const arm = () => {
      timer = this.#parts.clock.after(CANCEL_MS, () => patience.abort());
    };
    signal.addEventListener('abort', arm, { once: true });
    try {
      return await this.#settled(patience.signal, run);
    } finally {
      signal.removeEventListener('abort', arm);
      timer?.dispose();
      if (patience.signal.aborted) await this.#parts.program.end();
    }
  }

  async limited<T>(ms: number, signal: AbortSignal, run: () => Promise<T>): Promise<{ value: T } | WorkerFailure> {
    const limit = new AbortController();
    const timer = this.#parts.clock.after(ms, () => limit.abort());
    try {
      return await this.#settled(AbortSignal.any([signal, limit.signal]), run);
    } finally {
      timer.dispose();
    }
  }

  /** Its answer, or why there is none: its error, its end, or that nobody waits any longer. */
  async #settled<T>(signal: AbortSignal, run: () => Promise<T>): Promise<{ value: T } | WorkerFailure> {
    const over = Promise.withResolvers<WorkerFailure>();
    const leave = () => over.resolve({ ok: false, reason: 'failed', message: 'it did not answer in time' });
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    const died = this.#parts.program.exited.then(how => this.#dead(how));
    const answer = run().then(
      value => ({ value }),
      (error: unknown) => this.#failed(error),
    );
    try {
      return await Promise.race([answer, died, over.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  async #failed(error: unknown): Promise<WorkerFailure> {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof this.#parts.RequestError) {
      const login = error.code === AUTH_REQUIRED;
      const detail = error.data === undefined ? '' : ` ${JSON.stringify(error.data).slice(0, DETAIL)}`;
      return { ok: false, reason: login ? 'needs-login' : 'failed', message: `${message}${detail}` };
    }
    if (this.#parts.connection.signal.aborted) {
      // The pipe closes a moment before the process is gone: its end says more. Without a pipe it is of no use.
      const how = await Promise.race([this.#parts.program.exited, this.#parts.program.end().then(() => message)]);
      return this.#dead(how);
    }
    return { ok: false, reason: 'failed', message };
  }

  #dead(how: string): WorkerFailure {
    const { complaint } = this.#parts.program;
    return { ok: false, reason: 'died', message: complaint === '' ? how : `${how}: ${complaint}` };
  }
}
