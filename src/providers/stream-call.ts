import type { LimitInfo, ProviderError, ProviderEvent, ProviderFinish } from '../core/routing/contract.ts';
import type { Usage } from '../protocol/message.ts';
import { errorEvent, type Failed, malformed, truncated } from './errors/failed.ts';
import { type OwnSignal, ownSignal } from './http/own-signal.ts';

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
}

/** An answer that has begun to come. */
export interface Source<P> {
  limits?: LimitInfo | undefined;
  /** Adds the payloads of the next piece, if any; false if it was the last. Throws what the network throws. */
  next(payloads: P[]): Promise<boolean>;
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
      let sliceStart = performance.now();
      for (let more = true; more && !ending && !signal.aborted; ) {
        more = await source.next(payloads);
        ending = takeAll(reader, payloads, out) ?? (more ? undefined : endOf(reader, out));
        if (out.length === 0 && !ending) yield { type: 'alive' };
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
        released = true;
        source.release(own.abort);
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
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return malformed(`The answer holds a piece that cannot be read: ${why}`);
}
