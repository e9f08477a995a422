import type { ProviderRequest } from '../../core/routing/contract.ts';
import { type AssistantTurn, type Turn, turnsFor, type UserTurn } from '../../core/routing/hand-over.ts';
import { argsObject, isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { Provenance } from '../../protocol/message.ts';

/** What an answer holds beyond text and calls. */
export interface OllamaBlocks {
  thinking?: string;
}

export function ollamaBody(
  request: ProviderRequest,
  provenance: Provenance,
  options: { numCtx: number; maxTokens: number | undefined },
): JsonObject {
  const messages = turnsFor(request.messages, provenance).flatMap(messagesOf);
  if (request.system !== '') messages.unshift({ role: 'system', content: request.system });
  // There is no tool choice: not offering the tools is all that can be done.
  const tools = request.toolChoice === 'none' ? [] : request.tools;
  return {
    model: request.model,
    messages,
    ...(tools.length && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(request.effort && { think: thinkOf(request.model, request.effort) }),
    options: {
      num_ctx: options.numCtx,
      ...(options.maxTokens !== undefined && { num_predict: options.maxTokens }),
    },
    // A prompt that does not fit is to fail, not to lose its beginning unseen.
    truncate: false,
    shift: false,
    stream: true,
  };
}

/** Only gpt-oss thinks in levels. */
function thinkOf(model: string, effort: NonNullable<ProviderRequest['effort']>): boolean | string {
  if (effort === 'none') return false;
  return model.includes('gpt-oss') ? effort : true;
}

function messagesOf(turn: Turn): JsonObject[] {
  return turn.role === 'user' ? userMessages(turn) : [assistantMessage(turn)];
}

function userMessages(turn: UserTurn): JsonObject[] {
  const messages: JsonObject[] = turn.results.map(({ name, output }) => ({
    role: 'tool',
    tool_name: name,
    content: output,
  }));
  if (!turn.parts.length) return messages;
  const content = turn.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n\n');
  const images = turn.parts.flatMap(part => (part.type === 'image' ? [part.data] : []));
  messages.push({ role: 'user', content, ...(images.length && { images }) });
  return messages;
}

function assistantMessage(turn: AssistantTurn): JsonObject {
  const content = turn.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n\n');
  const calls = turn.parts.filter(part => part.type === 'tool-call');
  const thinking = isObject(turn.native) ? turn.native.thinking : undefined;
  return {
    role: 'assistant',
    content,
    ...(typeof thinking === 'string' && { thinking }),
    ...(calls.length && {
      tool_calls: calls.map(call => ({ function: { name: call.name, arguments: argsObject(call) } })),
    }),
  };
}
