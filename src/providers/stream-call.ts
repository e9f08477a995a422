import type { LimitInfo, ProviderError, ProviderEvent, ProviderFinish } from '../core/routing/contract.ts';
import type { Usage } from '../protocol/message.ts';
import { errorEvent, type Failed, malformed, truncated } from './errors/failed.ts';
import { Unusable } from './errors/unusable.ts';
import { within } from './grace.ts';
import { type OwnSignal, ownSignal } from './own-signal.ts';

/** How the last payload of a stream ended it. */
export type Ending = { finish: ProviderFinish } | { failed: Failed };

/** Turns the payloads of one stream into events. May throw on a payload it cannot read. */
export interface StreamReader<P> {
  /** Adds what the payload means to `out`; returns the ending if it was the last one. */
  take(payload: P, out: ProviderEvent[]): Ending | undefined;
  /** The stream is at its end; an ending here says that everything had come. */
  end(out: ProviderEvent[]): Ending | undefined;
  /** What is known of the tokens so far. */
  usage(): Usage | undefined;
  /** Set once all of the answer is here, but for what may trail: how long to wait for that. */
  graceMs?(): number | undefined;
  /** The model has said that it thinks, and says nothing meanwhile. */
  readonly thinks?: boolean;
}

/** An answer that has begun to come. */
export interface Source<P> {
  limits?: LimitInfo | undefined;
  /** Adds the payloads of the next piece, if any; false if it was the last. Throws what the network throws. */
  next(payloads: P[]): Promise<boolean>;
  /** Nothing has come for a while: adds what is complete although nothing marks its end; false where there is none. */
  readonly whole?: ((payloads: P[]) => boolean) | undefined;
  /** Bytes of the last piece, if it was only the beginning of something longer. */
  readonly part?: number | undefined;
  /** The last event is here: what still comes need not be waited for. */
  release(giveUp: () => void): void;
}

/** One request to one vendor, from sending to the last event. */
export interface Call<P> {
  open(own: OwnSignal): Promise<Source<P> | { failed: Failed }>;
  reader(): StreamReader<P>;
  /** What it means that reading threw. */
  broke(thrown: unknown): Failed;
  redact(text: string): string;
}

const aborted = { class: 'aborted', message: 'The call was aborted.' } as const;
/** A body of plain JSON that pauses so long may be whole. */
const PAUSE_MS = 1000;
/** The longest stretch of work between two turns of the event loop. */
const sliceMs = 8;

/** Runs a call. Never throws; ends with exactly one `finish` or `error`; leaves no connection open behind it. */
export async function* streamCall<P>(
  call: Call<P>,
  signal: AbortSignal,
): AsyncGenerator<ProviderEvent, void, undefined> {
  const error = (failed: Failed | typeof aborted, usage?: Usage): ProviderError => ({
    ...errorEvent(failed, call.redact),
    ...(usage && { usage }),
  });
  if (signal.aborted) {
    yield error(aborted);
    return;
  }
  const own = ownSignal(signal);
  const reader = call.reader();
  let last: ProviderFinish | ProviderError = error(aborted);
  let released = false;
  try {
    const source = await call.open(own);
    if ('failed' in source) last = error(signal.aborted ? aborted : source.failed);
    else {
      yield { type: 'open', ...(source.limits && { limits: source.limits }) };
      const payloads: P[] = [];
      const out: ProviderEvent[] = [];
      let ending: Ending | undefined;
      const steps = new Steps(source, reader);
      let sliceStart = performance.now();
      for (let more = true; more && !ending && !signal.aborted; ) {
        more = await steps.next(payloads);
        ending = takeAll(reader, payloads, out) ?? (more ? undefined : endOf(reader, out));
        if (out.length === 0 && !ending) yield alive(source.part, reader.thinks);
        for (const event of out) yield event;
        out.length = 0;
        if (performance.now() - sliceStart < sliceMs) continue;
        await new Promise<void>(resolve => setImmediate(resolve));
        sliceStart = performance.now();
      }
      if (signal.aborted || !ending) last = error(aborted, reader.usage());
      else if ('failed' in ending) last = error(ending.failed, reader.usage());
      else {
        last = ending.finish;
        released = !steps.open;
        if (released) source.release(own.abort);
      }
    }
  } catch (thrown) {
    last = error(signal.aborted ? aborted : call.broke(thrown), reader.usage());
  } finally {
    // Before the last event, after which a listener may never come back.
    own.release();
    if (!released) own.abort();
  }
  yield last;
}

/** Reads on until the answer is whole: by its own end, or by a pause after which nothing can be missing. */
class Steps<P> {
  readonly #source: Source<P>;
  readonly #reader: StreamReader<P>;
  #pending: Promise<boolean> | undefined;
  #deadline: number | undefined;

  constructor(source: Source<P>, reader: StreamReader<P>) {
    this.#source = source;
    this.#reader = reader;
  }

  /** The connection was still being read when there was nothing more to wait for. */
  get open(): boolean {
    return this.#pending !== undefined;
  }

  async next(payloads: P[]): Promise<boolean> {
    const grace = this.#reader.graceMs?.();
    if (grace === undefined && !this.#source.whole) return this.#source.next(payloads);
    this.#pending ??= this.#source.next(payloads);
    const ms = this.#patience(grace);
    const more = ms > 0 ? await within(this.#pending, ms) : undefined;
    if (more === undefined && (this.#deadline !== undefined || this.#source.whole?.(payloads))) {
      // It goes on without us, and ends with the connection.
      this.#pending.catch(() => {});
      return false;
    }
    const settled = more ?? (await this.#pending);
    this.#pending = undefined;
    return settled;
  }

  #patience(grace: number | undefined): number {
    if (grace === undefined) return PAUSE_MS;
    const deadline = performance.now() + grace;
    this.#deadline = Math.min(this.#deadline ?? deadline, deadline);
    return this.#deadline - performance.now();
  }
}

function alive(part: number | undefined, thinks = false): ProviderEvent {
  return { type: 'alive', ...(part !== undefined && { part }), ...(thinks && { thinking: true as const }) };
}

function takeAll<P>(reader: StreamReader<P>, payloads: P[], out: ProviderEvent[]): Ending | undefined {
  let ending: Ending | undefined;
  try {
    for (const payload of payloads) {
      ending = reader.take(payload, out);
      if (ending) break;
    }
  } catch (thrown) {
    ending = { failed: unreadable(thrown) };
  }
  payloads.length = 0;
  return ending;
}

function endOf<P>(reader: StreamReader<P>, out: ProviderEvent[]): Ending {
  try {
    return reader.end(out) ?? { failed: truncated };
  } catch (thrown) {
    return { failed: unreadable(thrown) };
  }
}

function unreadable(thrown: unknown): Failed {
  if (thrown instanceof Unusable) return thrown.failed;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return malformed(`The answer holds a piece that cannot be read: ${why}`);
}
