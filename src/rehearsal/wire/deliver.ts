import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { streamFailure } from './failure.ts';
import type { Fault } from './fault.ts';
import { frameText, noisyText, tornApart } from './frames.ts';
import type { Pacing } from './types.ts';
import type { Frame, Wire } from './vendor.ts';

export interface Delivery {
  wire: Wire;
  frames: Iterable<Frame>;
  pacing: Pacing;
  fault: Fault | undefined;
}

/** Sends a stream, well or with the fault that was asked for. Returns when it is sent, or the connection is gone. */
export async function deliver(response: ServerResponse, delivery: Delivery): Promise<void> {
  const { wire, pacing, fault } = delivery;
  const { firstByteMs = 0, betweenMs = 0 } = pacing;
  if (!fault && firstByteMs === 0 && betweenMs === 0) {
    let body = '';
    for (const frame of delivery.frames) body += frameText(wire.framing, frame);
    response.end(body);
    return;
  }
  response.flushHeaders();
  if (fault?.kind === 'stall-first-byte') return gone(response);
  await pause(firstByteMs, response);
  if (fault?.kind === 'one-byte' || fault?.kind === 'split-unicode') return inBytes(response, delivery, fault.kind);
  return inFrames(response, delivery, betweenMs);
}

async function inFrames(response: ServerResponse, { wire, frames, fault }: Delivery, betweenMs: number): Promise<void> {
  const all = [...frames];
  if (fault?.kind === 'duplicate-start' && all[0]) all.unshift(all[0]);
  const noise = fault?.kind === 'noise' ? fault.form : undefined;
  const breaks = fault && isBreak(fault) ? fault : undefined;
  const cut = breaks
    ? Math.min(breaks.after ?? Math.max(1, all.length >> 1), all.length - 1)
    : Number.POSITIVE_INFINITY;
  for (const [i, frame] of all.entries()) {
    if (i === cut && breaks) {
      if (breaks.kind === 'stall') return gone(response);
      if (breaks.kind === 'reset') return reset(response);
      if (breaks.kind === 'truncate') break;
      if (breaks.kind === 'malformed-chunk') await write(response, frameText(wire.framing, broken(frame)));
      else {
        for (const error of wire.errorFrames(streamFailure(breaks.reason)))
          await write(response, frameText(wire.framing, error));
        break;
      }
    }
    if (i > 0) await pause(betweenMs, response);
    if (response.destroyed) return;
    await write(response, noise ? noisyText(wire.framing, frame, noise) : frameText(wire.framing, frame));
  }
  response.end();
}

type Break = Extract<Fault, { after?: number }>;

function isBreak(fault: Fault): fault is Break {
  return ['stall', 'reset', 'truncate', 'error-event', 'malformed-chunk'].includes(fault.kind);
}

/** The event cut off inside its JSON. */
function broken(frame: Frame): Frame {
  return { ...frame, data: frame.data.slice(0, Math.max(1, frame.data.length >> 1)) };
}

async function inBytes(response: ServerResponse, { wire, frames }: Delivery, kind: 'one-byte' | 'split-unicode') {
  let text = '';
  for (const frame of frames) text += frameText(wire.framing, frame);
  const bytes = Buffer.from(text);
  if (kind === 'split-unicode') for (const part of tornApart(bytes)) await write(response, part);
  else for (let i = 0; i < bytes.length; i++) await write(response, bytes.subarray(i, i + 1));
  response.end();
}

/** Breaks the connection off, after what was written has left. */
export async function reset(response: ServerResponse): Promise<void> {
  await new Promise(resolve => setImmediate(resolve));
  const { socket } = response;
  if (socket && socket.writableLength > 0) await drained(response);
  socket?.resetAndDestroy();
}

async function write(response: ServerResponse, data: string | Buffer): Promise<void> {
  if (!response.destroyed && !response.write(data)) await drained(response);
}

/** Until there is room again, or nobody to write to. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const stop = new AbortController();
  await Promise.race([once(response, 'drain', stop), once(response, 'close', stop)]).catch(() => undefined);
  stop.abort();
}

/** Until the connection is gone. */
export async function gone(response: ServerResponse): Promise<void> {
  if (!response.destroyed && !response.closed) await once(response, 'close').catch(() => undefined);
}

async function pause(ms: number, response: ServerResponse): Promise<void> {
  if (ms <= 0 || response.destroyed) return;
  await new Promise<void>(resolve => {
    const done = () => {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.once('close', done);
  });
}
