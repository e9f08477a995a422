import type { Fault } from './fault.ts';
import type { Frame, Framing } from './vendor.ts';

type Noise = Extract<Fault, { kind: 'noise' }>['form'];

export const contentType: Record<Framing, string> = {
  'sse-named': 'text/event-stream; charset=utf-8',
  sse: 'text/event-stream; charset=utf-8',
  'sse-crlf': 'text/event-stream',
  ndjson: 'application/x-ndjson',
};

/** One event as it goes over the wire. */
export function frameText(framing: Framing, frame: Frame): string {
  if (framing === 'sse-named') return `event: ${frame.event}\ndata: ${frame.data}\n\n`;
  if (framing === 'sse') return `data: ${frame.data}\n\n`;
  if (framing === 'sse-crlf') return `data: ${frame.data}\r\n\r\n`;
  return `${frame.data}\n`;
}

/** The same event in a framing that is odd but allowed. */
export function noisyText(framing: Framing, frame: Frame, noise: Noise): string {
  if (noise === 'padded') {
    const padded = frame.data.endsWith('}') ? `${frame.data.slice(0, -1)}      }   ` : `${frame.data}   `;
    return frameText(framing, { ...frame, data: padded });
  }
  const text = frameText(framing, frame);
  if (noise === 'crlf') return framing === 'sse-crlf' ? text : text.replaceAll('\n', '\r\n');
  const eol = framing === 'sse-crlf' ? '\r\n' : '\n';
  return framing === 'ndjson' ? `\n${text}` : `: keep-alive${eol}${eol}${text}`;
}

/** A recorded payload, put back into its framing. */
export function recordedFrame(framing: Framing, data: string): Frame {
  if (framing !== 'sse-named') return { data };
  const event = /"type"\s*:\s*"([^"]+)"/.exec(data)?.[1] ?? 'message';
  return { event, data };
}

/** Cuts bytes so that every character of more than one byte is torn apart. */
export function tornApart(bytes: Buffer): Buffer[] {
  const out: Buffer[] = [];
  let from = 0;
  for (let at = 1; at < bytes.length; at++) {
    const inside = ((bytes[at] ?? 0) & 0xc0) === 0x80;
    if (!inside) continue;
    out.push(bytes.subarray(from, at));
    from = at;
  }
  out.push(bytes.subarray(from));
  return out;
}
