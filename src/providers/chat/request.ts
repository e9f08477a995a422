import type { ProviderRequest } from '../../core/routing/contract.ts';
import { type AssistantTurn, type Turn, turnsFor, type UserTurn } from '../../core/routing/hand-over.ts';
import { argsObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { ImagePart, Provenance, TextPart } from '../../protocol/message.ts';
import { cacheKey } from '../openai/request.ts';
import type { Dialect } from './dialect.ts';
import { type ChatBlocks, chatBlocks } from './native.ts';

/** Loosely typed: dialects say what the SDK's types do not know. */
export interface ChatParams extends JsonObject {
  model: string;
  messages: JsonObject[];
}

export function chatParams(
  request: ProviderRequest,
  provenance: Provenance,
  dialect: Dialect,
  maxTokens: number | undefined,
): ChatParams {
  const messages = messagesOf(turnsFor(request.messages, provenance), dialect);
  if (request.system !== '') messages.unshift({ role: 'system', content: request.system });
  if (dialect.breakpoints(request.model)) markEnds(messages);
  const tools = request.tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters },
  }));
  return {
    model: request.model,
    messages,
    ...(tools.length && { tools }),
    ...(tools.length && request.toolChoice && { tool_choice: toolChoice(request.toolChoice, dialect) }),
    ...(maxTokens !== undefined && { [dialect.maxTokens]: maxTokens }),
    ...(request.effort && dialect.effort(request.effort, request.model)),
    ...(dialect.asksForUsage && { stream_options: { include_usage: true } }),
    ...(dialect.cacheKey && { prompt_cache_key: cacheKey(request.conversation) }),
    stream: true,
  };
}

function toolChoice(choice: NonNullable<ProviderRequest['toolChoice']>, dialect: Dialect): unknown {
  if (typeof choice === 'object') return { type: 'function', function: { name: choice.name } };
  return choice === 'required' ? dialect.required : choice;
}

function messagesOf(turns: Turn[], dialect: Dialect): JsonObject[] {
  let blocks: ChatBlocks | undefined;
  return turns.flatMap(turn => {
    if (turn.role === 'user') return userMessages(turn, blocks, dialect);
    blocks = chatBlocks(turn.native);
    const message = assistantMessage(turn, blocks, dialect);
    return message ? [message] : [];
  });
}

function callId(id: string, blocks: ChatBlocks | undefined, dialect: Dialect): string {
  return dialect.callId(blocks?.ids[id] ?? id);
}

function userMessages(turn: UserTurn, blocks: ChatBlocks | undefined, dialect: Dialect): JsonObject[] {
  const messages: JsonObject[] = turn.results.map(result => ({
    role: 'tool',
    tool_call_id: callId(result.id, blocks, dialect),
    content: result.output,
    ...(dialect.name === 'mistral' && { name: result.name }),
  }));
  if (!turn.parts.length) return messages;
  if (messages.length && !dialect.userAfterTool) messages.push({ role: 'assistant', content: 'Understood.' });
  messages.push({ role: 'user', content: userContent(turn.parts) });
  return messages;
}

/** Plain text goes as a string, which every server understands. */
function userContent(parts: (TextPart | ImagePart)[]): unknown {
  if (parts.every(part => part.type === 'text')) return parts.map(part => part.text).join('\n\n');
  return parts.map(part =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${part.data}` } },
  );
}

function assistantMessage(
  turn: AssistantTurn,
  blocks: ChatBlocks | undefined,
  dialect: Dialect,
): JsonObject | undefined {
  const text = turn.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n\n');
  const calls = turn.parts
    .filter(part => part.type === 'tool-call')
    .map(part => ({
      id: callId(part.id, blocks, dialect),
      type: 'function',
      function: { name: part.name, arguments: JSON.stringify(argsObject(part)) },
      ...(blocks?.extras?.[part.id] !== undefined && { extra_content: blocks.extras[part.id] }),
    }));
  if (text === '' && !calls.length) return undefined;
  const missing = dialect.reasoningWithCalls && calls.length ? { reasoning_content: '' } : {};
  return {
    role: 'assistant',
    // Absent text beside calls is null in this format; servers that want a string take the empty one.
    content: text === '' ? null : text,
    ...missing,
    ...reasoning(blocks, text),
    ...(calls.length && { tool_calls: calls }),
  };
}

function reasoning(blocks: ChatBlocks | undefined, text: string): JsonObject {
  if (blocks?.details) return { reasoning_details: blocks.details };
  if (!blocks?.reasoning) return {};
  const { field, text: thought } = blocks.reasoning;
  if (field !== 'thinking') return { [field]: thought };
  const pieces = [{ type: 'thinking', thinking: [{ type: 'text', text: thought }] }];
  return { content: text === '' ? pieces : [...pieces, { type: 'text', text }] };
}

/** Up to the system prompt, and up to the ends of the last two messages that are not the model's. */
function markEnds(messages: JsonObject[]): void {
  const system = messages.filter(message => message.role === 'system');
  const ends = messages.filter(message => message.role === 'user' || message.role === 'tool').slice(-2);
  for (const message of [...system, ...ends]) {
    const content = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    if (!Array.isArray(content) || !content.length) continue;
    message.content = content.with(-1, { ...content.at(-1), cache_control: { type: 'ephemeral' } });
  }
}
