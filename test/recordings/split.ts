import type { Vendor } from '../../src/rehearsal/wire/types.ts';

export type Chunk = Record<string, unknown>;

/** Folders of recordings, the provider that reads them, and how a chunk went over the wire. */
export const folders: Record<string, { vendor: Vendor; frame: (line: string, chunk: Chunk) => string; close: string }> =
  {
    anthropic: { vendor: 'anthropic', frame: named, close: '' },
    'openai-responses': { vendor: 'openai', frame: named, close: '' },
    'openai-chat': { vendor: 'openai-compatible', frame: line => `data: ${line}\n\n`, close: 'data: [DONE]\n\n' },
    google: { vendor: 'google', frame: line => `data: ${line}\r\n\r\n`, close: '' },
  };

function named(line: string, chunk: Chunk): string {
  return `event: ${String(chunk.type)}\ndata: ${line}\n\n`;
}

export interface Recorded {
  lines: string[];
  chunks: Chunk[];
}

/** The responses in a file, which may hold several one after another. */
export function responsesIn(vendor: Vendor, text: string): Recorded[] {
  const responses: Recorded[] = [];
  let current: Recorded | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || line.trim() === '[DONE]') continue;
    const chunk = chunkOf(line);
    if (!current || begins(vendor, current.chunks, chunk)) {
      current = { lines: [], chunks: [] };
      responses.push(current);
    }
    current.lines.push(line);
    current.chunks.push(chunk);
  }
  return responses;
}

/** One recording lacks a closing brace here and there; what it says is clear all the same. */
function chunkOf(line: string): Chunk {
  try {
    return JSON.parse(line);
  } catch {
    return JSON.parse(`${line}}`);
  }
}

/** Whether a chunk is the first of another response. */
function begins(vendor: Vendor, before: Chunk[], chunk: Chunk): boolean {
  if (vendor === 'anthropic')
    return chunk.type === 'message_start' && before.some(({ type }) => type === 'message_stop');
  if (vendor === 'openai') return chunk.type === 'response.created' && before.some(isLast);
  const key = vendor === 'google' ? 'responseId' : 'id';
  const last = before.findLast(each => each[key])?.[key];
  return last !== undefined && Boolean(chunk[key]) && chunk[key] !== last && before.some(hasEnded);
}

function hasEnded(chunk: Chunk): boolean {
  return /"(?:finish_reason|finishReason)":"/.test(JSON.stringify(chunk));
}

function isLast({ type }: Chunk): boolean {
  return ['response.completed', 'response.incomplete', 'response.failed'].includes(String(type));
}
