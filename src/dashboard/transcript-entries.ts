import type { Message } from '../protocol/message.ts';
import type { TranscriptEntry } from '../protocol/transcript.ts';

type Part = TranscriptEntry['parts'][number];
type Call = Extract<Part, { kind: 'call' }>;

/** The line that tells a model where data begins and ends: no word of anybody's. */
const MARK = /^<\/?data [0-9a-f]+>\n?|\n?<\/?data [0-9a-f]+>$/gm;
export const withoutMarks = (text: string): string => text.replaceAll(MARK, '');

/** What was said, for people: each result stands with the call that it came of. */
export function entriesOf(messages: readonly Message[]): TranscriptEntry[] {
  const entries: TranscriptEntry[] = [];
  const open = new Map<string, Call>();
  for (const message of messages) {
    if (message.role === 'tool') {
      for (const { id, output, isError } of message.parts) {
        const call = open.get(id);
        if (!call) continue;
        open.delete(id);
        call.result = withoutMarks(output);
        if (isError) call.failed = true;
      }
      continue;
    }
    const parts: Part[] = [];
    for (const part of message.parts) {
      if (part.type === 'text' && part.text.trim() !== '') parts.push({ kind: 'text', text: withoutMarks(part.text) });
      if (part.type === 'reasoning' && part.text.trim() !== '') parts.push({ kind: 'thought', text: part.text });
      if (part.type !== 'tool-call') continue;
      const args = typeof part.args === 'string' ? part.args : (JSON.stringify(part.args) ?? '');
      const call: Call = { kind: 'call', tool: part.name, args };
      open.set(part.id, call);
      parts.push(call);
    }
    if (parts.length > 0) entries.push({ by: message.role === 'user' ? 'others' : 'agent', parts });
  }
  return entries;
}
