import type {
  ContentBlockParam,
  MessageCreateParamsBase,
  MessageParam,
  TextBlockParam,
  Tool,
  ToolChoice,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import type { ProviderRequest } from '../../core/routing/contract.ts';
import { type AssistantTurn, type Turn, turnsFor, type UserTurn } from '../../core/routing/hand-over.ts';
import { argsObject } from '../../core/routing/tool-args.ts';
import type { ImagePart, Provenance, TextPart } from '../../protocol/message.ts';
import { anthropicBlocks } from './native.ts';
import { thinkingOf } from './thinking.ts';

type Params = Omit<MessageCreateParamsBase, 'stream' | 'max_tokens'>;
type CacheControl = NonNullable<TextBlockParam['cache_control']>;

/** At most four breakpoints are allowed: one or two in the system prompt, the others move with the conversation. */
const allowed = 4;

/** The request without what only a real call has, so that tokens can be counted for the same. */
export function anthropicParams(
  request: ProviderRequest,
  provenance: Provenance,
  options: { maxTokens: number; cache: 'short' | 'long' },
): Params {
  const cache: CacheControl = { type: 'ephemeral', ...(options.cache === 'long' && { ttl: '1h' }) };
  const turns = turnsFor(request.messages, provenance);
  const messages = messagesOf(turns);
  const system = systemBlocks(request, cache);
  markEnds(messages, cache, allowed - Math.max(1, system.length));
  const tools = request.tools.map((tool): Tool => {
    const { name, description, parameters } = tool;
    return { name, description, input_schema: { ...parameters, type: 'object' } };
  });
  const last = tools.at(-1);
  if (request.system === '' && last) last.cache_control = cache;
  return {
    model: request.model,
    ...(system.length > 0 && { system }),
    ...(tools.length && { tools }),
    ...(tools.length && request.toolChoice && { tool_choice: toolChoice(request.toolChoice) }),
    ...thinkingOf(request, options.maxTokens),
    messages,
  };
}

/** What other conversations begin with, and what is this one's own. */
function systemBlocks({ system, sharedSystem = 0 }: ProviderRequest, cache: CacheControl): TextBlockParam[] {
  const parts = [system.slice(0, sharedSystem), system.slice(sharedSystem)].filter(text => text.trim() !== '');
  return parts.map(text => ({ type: 'text', text, cache_control: cache }));
}

function toolChoice(choice: NonNullable<ProviderRequest['toolChoice']>): ToolChoice {
  if (typeof choice === 'object') return { type: 'tool', name: choice.name };
  return { type: choice === 'required' ? 'any' : choice };
}

function messagesOf(turns: Turn[]): MessageParam[] {
  let ids: Record<string, string> = {};
  return turns.map((turn): MessageParam => {
    if (turn.role === 'user') return { role: 'user', content: userContent(turn, ids) };
    const native = anthropicBlocks(turn.native);
    ids = native?.ids ?? {};
    // They are this vendor's own blocks, given back as they came.
    const content = native ? (native.content as unknown as ContentBlockParam[]) : assistantContent(turn);
    return { role: 'assistant', content };
  });
}

function userContent(turn: UserTurn, ids: Record<string, string>): ContentBlockParam[] {
  const results = turn.results.map(
    (result): ToolResultBlockParam => ({
      type: 'tool_result',
      tool_use_id: ids[result.id] ?? result.id,
      content: result.output,
      ...(result.isError && { is_error: true }),
    }),
  );
  return [...results, ...turn.parts.map(userBlock)];
}

function userBlock(part: TextPart | ImagePart): ContentBlockParam {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const media_type = part.mediaType as 'image/png';
  return { type: 'image', source: { type: 'base64', media_type, data: part.data } };
}

function assistantContent(turn: AssistantTurn): ContentBlockParam[] {
  return turn.parts.map(part =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'tool_use', id: part.id, name: part.name, input: argsObject(part) },
  );
}

/**
 * The prompt is cached up to the end of each of the user's latest turns. The last of them makes the next request's
 * prefix; the ones before are where this request finds its own, however many blocks a turn has.
 */
function markEnds(messages: MessageParam[], cache: CacheControl, rolling: number): void {
  const ends = messages.filter(message => message.role === 'user').slice(-rolling);
  for (const { content } of ends) {
    const last = typeof content === 'string' ? undefined : content.at(-1);
    if (last && 'type' in last) Object.assign(last, { cache_control: cache });
  }
}
