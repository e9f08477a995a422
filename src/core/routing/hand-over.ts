import type {
  AssistantMessage,
  ImagePart,
  Message,
  Provenance,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../protocol/message.ts';

/** What one side said before the other spoke; sides alternate, and the user's comes first and last. */
export type Turn = UserTurn | AssistantTurn;

export interface UserTurn {
  role: 'user';
  /** One for each call of the turn before, in the order of the calls. */
  results: ToolResultPart[];
  parts: (TextPart | ImagePart)[];
}

export interface AssistantTurn {
  role: 'assistant';
  /** In the model's order; reasoning is in `native` or gone. */
  parts: (TextPart | ToolCallPart)[];
  /** The vendor's own blocks, where they came from the very place they go to. */
  native?: unknown;
}

const noResult = 'There is no result: this call was interrupted, and whether it had an effect is not known.';
const goOn = 'Continue.';

/**
 * The conversation as any vendor accepts it. Blocks and reasoning of another vendor, model or account are left out;
 * every call has its result, every result its call; sides alternate. Nothing depends on what comes later, so that
 * a conversation that only grows keeps its rendered beginning, and prompt caches hit.
 */
export function turnsFor(messages: readonly Message[], to: Provenance): Turn[] {
  const turns: Turn[] = [];
  let calls: ToolCallPart[] = [];
  let said: Message[] = [];
  const listen = () => {
    const turn = userTurn(calls, said);
    if (turn) turns.push(turn);
    else if (turns.at(-1)?.role !== 'user') turns.push(saying(goOn));
    calls = [];
    said = [];
  };
  for (const message of messages) {
    if (message.role !== 'assistant') {
      said.push(message);
      continue;
    }
    const turn = assistantTurn(message, to);
    if (!turn) continue;
    listen();
    turns.push(turn);
    calls = turn.parts.filter(part => part.type === 'tool-call');
  }
  listen();
  return turns;
}

function saying(text: string): UserTurn {
  return { role: 'user', results: [], parts: [{ type: 'text', text }] };
}

function userTurn(calls: ToolCallPart[], said: Message[]): UserTurn | undefined {
  const given = new Map<string, ToolResultPart>();
  const parts: UserTurn['parts'] = [];
  const open = new Set(calls.map(call => call.id));
  for (const message of said) {
    if (message.role === 'user') parts.push(...message.parts.filter(tells));
    if (message.role !== 'tool') continue;
    for (const part of message.parts) {
      if (open.delete(part.id)) given.set(part.id, part);
      // A result whose call is gone, or has another result, is still worth knowing.
      else if (given.get(part.id)?.output !== part.output)
        parts.push({ type: 'text', text: `Result of ${part.name}:\n${part.output}` });
    }
  }
  const results = calls.map(
    ({ id, name }): ToolResultPart =>
      given.get(id) ?? { type: 'tool-result', id, name, output: noResult, isError: true },
  );
  // Not every vendor takes images in results: they follow, in the same turn.
  const shown = results.flatMap(({ name, images }) =>
    images ? [{ type: 'text' as const, text: `What ${name} shows:` }, ...images] : [],
  );
  parts.unshift(...shown);
  return results.length || parts.length ? { role: 'user', results, parts } : undefined;
}

function assistantTurn(message: AssistantMessage, to: Provenance): AssistantTurn | undefined {
  const parts = message.parts.filter(part => part.type !== 'reasoning').filter(tells);
  if (message.native && samePlace(message.native.provenance, to)) {
    return { role: 'assistant', parts, native: message.native.blocks };
  }
  return parts.length ? { role: 'assistant', parts } : undefined;
}

/** Vendors refuse blank text. */
function tells(part: TextPart | ImagePart | ToolCallPart): boolean {
  return part.type !== 'text' || /\S/.test(part.text);
}

function samePlace(a: Provenance, b: Provenance): boolean {
  return a.provider === b.provider && a.kind === b.kind && a.model === b.model && a.account === b.account;
}
