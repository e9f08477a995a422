import type { Clock, Disposable, Log } from '../../core/ports.ts';
import type { HookOut } from '../hook-file.ts';
import type { Letter, Outbox } from '../outbox.ts';
import { signed } from './signature.ts';

/** How long it waits before each new try. */
const PAUSES_MS = [1000, 5000, 30_000, 120_000, 600_000];
const ANSWER_MS = 10_000;
/** What waits for a receiver that is down; of more the oldest is given up. */
const MOST_WAITING = 100;

export interface TellerParts {
  clock: Clock;
  log: Log;
  /** Keeps what waits over a restart. */
  outbox: Pick<Outbox, 'keep' | 'drop'>;
  /** `fetch`, unless a test stands in for the network. */
  send?: typeof fetch;
}

/**
 * Tells one address: signed, one after the other, and again with growing pauses while it does not answer. What has not been
 * taken when it ends stays in the outbox for the next one.
 */
export class Teller implements Disposable {
  readonly hook: HookOut;
  readonly #parts: TellerParts;
  readonly #waiting: Letter[] = [];
  readonly #over = new AbortController();
  /** What is written to the outbox, one after the other. */
  #written: Promise<void> = Promise.resolve();
  #pause: Disposable | undefined;
  #at = false;

  constructor(hook: HookOut, parts: TellerParts) {
    this.hook = hook;
    this.#parts = parts;
  }

  tell(letter: Letter): void {
    if (this.#over.signal.aborted || this.#waiting.some(({ id }) => id === letter.id)) return;
    this.#waiting.push(letter);
    this.#write('keep', letter);
    // The first may be on its way.
    if (this.#waiting.length > MOST_WAITING) this.#giveUp(this.#waiting.splice(1, 1)[0]);
    if (!this.#at) void this.#work();
  }

  dispose(): void {
    this.#over.abort();
    this.#pause?.dispose();
    this.#waiting.splice(0);
  }

  /** Resolves when the outbox holds what waits. */
  kept(): Promise<void> {
    return this.#written;
  }

  async #work(): Promise<void> {
    this.#at = true;
    for (;;) {
      const [letter] = this.#waiting;
      if (!letter || this.#over.signal.aborted) break;
      const taken = await this.#send(letter);
      if (this.#over.signal.aborted && !taken) break;
      if (taken) this.#write('drop', this.#waiting.shift());
      else {
        const pause = PAUSES_MS[letter.tries++];
        if (pause === undefined) this.#giveUp(this.#waiting.shift());
        else {
          this.#write('keep', { ...letter });
          // Disposed of meanwhile, it does not continue.
          await new Promise<void>(resolve => {
            this.#pause = this.#parts.clock.after(pause, resolve);
          });
        }
      }
    }
    this.#at = false;
  }

  async #send({ id, body }: Letter): Promise<boolean> {
    const { send = fetch } = this.#parts;
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'orchestrate',
      'x-orchestrate-delivery': id,
      'x-hub-signature-256': signed(this.hook.secret, body),
    };
    const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(ANSWER_MS)]);
    try {
      // A server that redirects is not the one that the user named.
      const answer = await send(this.hook.url, { method: 'POST', headers, body, redirect: 'error', signal });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }

  #giveUp(letter: Letter | undefined): void {
    if (!letter) return;
    this.#write('drop', letter);
    this.#parts.log.write('error', `the webhook "${this.hook.name}" did not take ${letter.id}: it is given up`);
  }

  #write(what: 'keep' | 'drop', letter: Letter | undefined): void {
    if (!letter) return;
    const { outbox, log } = this.#parts;
    this.#written = this.#written
      .then(() => outbox[what]({ hook: this.hook.name, letter }))
      .catch(error => log.write('warn', `what the webhook "${this.hook.name}" is told could not be kept`, error));
  }
}
