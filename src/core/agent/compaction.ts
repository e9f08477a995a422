import type { Message } from '../../protocol/message.ts';
import type { RouteRequest } from '../routing/contract.ts';
import { type Asking, ask } from './ask.ts';
import { SUMMARY_REQUEST, SUMMARY_SYSTEM } from './prompts/compaction.ts';
import type { Room } from './room.ts';
import { cutLine } from './tools/fence.ts';

const SHORTEST = 40;
const LAST_TURNS = 12;

const partText = (part: Message['parts'][number], limit: number): string => {
  switch (part.type) {
    case 'text':
      return cutLine(part.text, limit);
    case 'reasoning':
    case 'image':
      return '';
    case 'tool-call':
      return `→ ${part.name} ${cutLine(JSON.stringify(part.args) ?? '', Math.min(limit, 500))}`;
    case 'tool-result':
      return `← ${part.name}${part.isError ? ' (refused or failed)' : ''}: ${cutLine(part.output, limit)}`;
  }
};

/** The conversation after its first message as plain text: its end in full, as far as there is room. */
function record(messages: readonly Message[], room: number, each: number): string {
  const lines: string[] = [];
  let left = room;
  for (let at = messages.length - 1; at > 0 && left > 0; at--) {
    const message = messages[at];
    const texts = (message?.parts ?? []).map(part => partText(part, each)).filter(text => text !== '');
    if (texts.length === 0) continue;
    const line = `[${message?.role}] ${texts.join('\n')}`.slice(0, left);
    lines.push(line);
    left -= line.length;
  }
  return lines.reverse().join('\n');
}

/** What is kept when no model can be asked: the last turns as they were. */
const plainSummary = (messages: readonly Message[]): string =>
  `The last turns, shortened:\n${record(messages.slice(0, 1).concat(messages.slice(1).slice(-LAST_TURNS)), 12_000, 1500)}`;

/**
 * The conversation in a few words, by the model itself where it can still read it. `fits`: the conversation can be
 * sent as it is, which costs little because its prefix is cached.
 */
export async function summarise(
  asking: Asking,
  request: RouteRequest,
  fits: boolean,
  room: Room,
  signal: AbortSignal,
): Promise<string> {
  const question = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
  const { agent, task, turn, route, messages, effort } = request;
  const common = { agent, turn, route, maxOutputTokens: room.summary, ...(task !== undefined && { task }) };
  const answer = await ask(
    asking,
    fits
      ? // The same in all that vendors key their caches by: tools, how they are chosen, and effort.
        {
          ...common,
          system: request.system,
          ...(request.sharedSystem !== undefined && { sharedSystem: request.sharedSystem }),
          tools: request.tools,
          messages: [...messages, question(SUMMARY_REQUEST)],
          ...(effort && { effort }),
        }
      : {
          ...common,
          system: SUMMARY_SYSTEM,
          tools: [],
          messages: [question(`${SUMMARY_REQUEST}\n\nThe record:\n${record(messages, room.record, 2000)}`)],
        },
    signal,
  );
  if (!answer.ok) return plainSummary(messages);
  const text = answer.message.parts
    .flatMap(part => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim();
  return text.length < SHORTEST ? plainSummary(messages) : text;
}
