import { createHash } from 'node:crypto';
import type {
  ResponseCreateParamsBase,
  ResponseInputContent,
  ResponseInputItem,
  Tool,
  ToolChoiceFunction,
  ToolChoiceOptions,
} from 'openai/resources/responses/responses';
import type { ProviderRequest } from '../../core/routing/contract.ts';
import { type AssistantTurn, type Turn, turnsFor, type UserTurn } from '../../core/routing/hand-over.ts';
import { argsObject, isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { ImagePart, Provenance, TextPart } from '../../protocol/message.ts';
import { effortOf, reasons } from './effort.ts';

/** An answer's output items as OpenAI sent them, and which of its calls bears which id of ours. */
export interface ResponsesBlocks {
  items: JsonObject[];
  ids: Record<string, string>;
}

export interface ResponsesParams {
  model: string;
  input: ResponseInputItem[];
  instructions?: string;
  tools?: Tool[];
  tool_choice?: ToolChoiceOptions | ToolChoiceFunction;
  reasoning?: NonNullable<ResponseCreateParamsBase['reasoning']>;
}

/** The part of a request that is counted; see `responsesExtras` for the rest. */
export function responsesParams(request: ProviderRequest, provenance: Provenance): ResponsesParams {
  const tools = request.tools.map(
    ({ name, description, parameters }): Tool => ({ type: 'function', name, description, parameters, strict: false }),
  );
  return {
    model: request.model,
    input: inputOf(turnsFor(request.messages, provenance)),
    ...(request.system !== '' && { instructions: request.system }),
    ...(tools.length && { tools }),
    ...(tools.length && request.toolChoice && { tool_choice: toolChoice(request.toolChoice) }),
    ...reasoning(request),
  };
}

function reasoning({ model, effort }: ProviderRequest): Pick<ResponsesParams, 'reasoning'> {
  if (effort === undefined || !reasons(model)) return {};
  return { reasoning: { effort: effortOf(model, effort), summary: 'auto' } };
}

/** Nothing is kept at the vendor, so reasoning has to travel with us; caching goes by conversation. */
export function responsesExtras(request: ProviderRequest, maxTokens: number | undefined) {
  return {
    stream: true as const,
    store: false,
    prompt_cache_key: cacheKey(request.conversation),
    // Models that do not reason answer 400 to being asked for it.
    ...(reasons(request.model) && { include: ['reasoning.encrypted_content' as const] }),
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
  };
}

/** Keys may have 64 characters. */
export function cacheKey(conversation: string): string {
  return conversation.length <= 64 ? conversation : createHash('sha256').update(conversation).digest('hex');
}

function toolChoice(choice: NonNullable<ProviderRequest['toolChoice']>): ToolChoiceOptions | ToolChoiceFunction {
  return typeof choice === 'object' ? { type: 'function', name: choice.name } : choice;
}

function inputOf(turns: Turn[]): ResponseInputItem[] {
  let ids: Record<string, string> = {};
  return turns.flatMap(turn => {
    if (turn.role === 'user') return userItems(turn, ids);
    const native = responsesBlocks(turn.native);
    ids = native?.ids ?? {};
    // They are this vendor's own items, given back as they came.
    return native ? (native.items as unknown as ResponseInputItem[]) : assistantItems(turn);
  });
}

function responsesBlocks(native: unknown): ResponsesBlocks | undefined {
  if (!isObject(native) || !Array.isArray(native.items) || !isObject(native.ids)) return undefined;
  return { items: native.items.filter(isObject), ids: native.ids as Record<string, string> };
}

function userItems(turn: UserTurn, ids: Record<string, string>): ResponseInputItem[] {
  const items = turn.results.map(
    (result): ResponseInputItem => ({
      type: 'function_call_output',
      call_id: ids[result.id] ?? result.id,
      output: result.output,
    }),
  );
  if (turn.parts.length) items.push({ type: 'message', role: 'user', content: turn.parts.map(userContent) });
  return items;
}

function userContent(part: TextPart | ImagePart): ResponseInputContent {
  if (part.type === 'text') return { type: 'input_text', text: part.text };
  return { type: 'input_image', detail: 'auto', image_url: `data:${part.mediaType};base64,${part.data}` };
}

function assistantItems(turn: AssistantTurn): ResponseInputItem[] {
  return turn.parts.map(
    (part): ResponseInputItem =>
      part.type === 'text'
        ? { type: 'message', role: 'assistant', content: part.text }
        : { type: 'function_call', call_id: part.id, name: part.name, arguments: JSON.stringify(argsObject(part)) },
  );
}
