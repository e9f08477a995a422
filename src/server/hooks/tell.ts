import type { Clock, Disposable, Log } from '../../core/ports.ts';
import type { HookOut } from '../hook-file.ts';
import { signed } from './signature.ts';

/** How long it waits before each new try. */
const PAUSES_MS = [1000, 5000, 30_000, 120_000, 600_000];
const ANSWER_MS = 10_000;
/** What waits for a receiver that is down; of more the oldest is given up. */
const MOST_WAITING = 100;

interface Letter {
  id: string;
  body: string;
}

export interface TellerParts {
  clock: Clock;
  log: Log;
  /** `fetch`, unless a test stands in for the network. */
  send?: typeof fetch;
}

/** Tells one address: signed, one after the other, and again with growing pauses while it does not answer. */
export class Teller implements Disposable {
  readonly hook: HookOut;
  readonly #parts: TellerParts;
  readonly #waiting: Letter[] = [];
  readonly #over = new AbortController();
  #pause: Disposable | undefined;
  #at = false;

  constructor(hook: HookOut, parts: TellerParts) {
    this.hook = hook;
    this.#parts = parts;
  }

  tell(letter: Letter): void {
    if (this.#over.signal.aborted) return;
    this.#waiting.push(letter);
    // The first may be on its way.
    if (this.#waiting.length > MOST_WAITING) this.#giveUp(this.#waiting.splice(1, 1)[0]);
    if (!this.#at) void this.#work();
  }

  dispose(): void {
    this.#over.abort();
    this.#pause?.dispose();
    for (const letter of this.#waiting.splice(0)) this.#giveUp(letter);
  }

  async #work(): Promise<void> {
    this.#at = true;
    for (let tries = 0; this.#waiting[0] && !this.#over.signal.aborted; ) {
      if (await this.#send(this.#waiting[0])) {
        this.#waiting.shift();
        tries = 0;
        continue;
      }
      const pause = PAUSES_MS[tries++];
      if (pause === undefined) {
        this.#giveUp(this.#waiting.shift());
        tries = 0;
      } else {
        // Disposed of meanwhile, it is never gone on with.
        await new Promise<void>(resolve => {
          this.#pause = this.#parts.clock.after(pause, resolve);
        });
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
      // Whoever sends it on to another address is not who the user named.
      const answer = await send(this.hook.url, { method: 'POST', headers, body, redirect: 'error', signal });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }

  #giveUp(letter: Letter | undefined): void {
    if (letter)
      this.#parts.log.write('error', `the webhook "${this.hook.name}" did not take ${letter.id}: it is given up`);
  }
}
