import type { GenerateContentRequest } from '@google/generative-ai';
import type { ProviderRequest } from '../../core/routing/contract.ts';
import { type AssistantTurn, type Turn, turnsFor, type UserTurn } from '../../core/routing/hand-over.ts';
import { argsObject, isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { ImagePart, Provenance, TextPart } from '../../protocol/message.ts';
import { type GeminiBlocks, geminiBlocks } from './native.ts';
import { geminiSchema } from './schema.ts';

/** Stands in for the signature of a call that another model made; Gemini 3 and later refuse calls without one. */
const unsigned = 'skip_thought_signature_validator';

/** The SDK's types lag behind what the API takes; it passes on what it does not know. */
export function geminiRequest(
  request: ProviderRequest,
  provenance: Provenance,
  maxTokens: number | undefined,
): GenerateContentRequest {
  const functionDeclarations = request.tools.map(({ name, description, parameters }) => ({
    name,
    description,
    ...(takesArguments(parameters) && { parametersJsonSchema: geminiSchema(parameters) }),
  }));
  const thinkingConfig = thinking(request);
  const body = {
    contents: contentsOf(turnsFor(request.messages, provenance), signs(request.model)),
    ...(request.system !== '' && { systemInstruction: { role: 'user', parts: [{ text: request.system }] } }),
    ...(functionDeclarations.length && { tools: [{ functionDeclarations }] }),
    ...(functionDeclarations.length && request.toolChoice && { toolConfig: toolConfig(request.toolChoice) }),
    generationConfig: {
      ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
      ...(thinkingConfig && { thinkingConfig }),
    },
  };
  return body as unknown as GenerateContentRequest;
}

function takesArguments(schema: JsonObject): boolean {
  return !isObject(schema.properties) || Object.keys(schema.properties).length > 0;
}

function toolConfig(choice: NonNullable<ProviderRequest['toolChoice']>): JsonObject {
  if (typeof choice === 'object') {
    return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [choice.name] } };
  }
  const mode = { auto: 'AUTO', none: 'NONE', required: 'ANY' }[choice];
  return { functionCallingConfig: { mode } };
}

/** The generation of "gemini-3.1-pro-preview" is 3.1; names without a number are the newest. */
function generation(model: string): number | undefined {
  const match = /gemini-(\d+(?:\.\d+)?)/.exec(model);
  if (match) return Number(match[1]);
  return model.includes('gemini') ? Number.POSITIVE_INFINITY : undefined;
}

function signs(model: string): boolean {
  return (generation(model) ?? 0) >= 3;
}

/** Since 3 a level, before that a budget of tokens; "low" is the least that all models with levels take. */
function thinking({ model, effort }: ProviderRequest): JsonObject | undefined {
  const version = generation(model);
  if (version === undefined || version < 2.5) return undefined;
  // What it thinks is a sign that it is at work. The lightest models do not think unless they are told to.
  if (effort === undefined) return /lite|image|tts/.test(model) ? undefined : { includeThoughts: true };
  if (version >= 3) {
    const level = effort === 'none' ? 'low' : effort;
    const coarse = /gemini-3-pro/.test(model) && level === 'medium';
    return { thinkingLevel: coarse ? 'high' : level, includeThoughts: true };
  }
  const least = model.includes('pro') ? 128 : 0;
  const thinkingBudget = { none: least, low: 1024, medium: 8192, high: 24_576 }[effort];
  return { thinkingBudget, includeThoughts: thinkingBudget > 0 };
}

function contentsOf(turns: Turn[], signed: boolean): JsonObject[] {
  let blocks: GeminiBlocks | undefined;
  return turns.map(turn => {
    if (turn.role === 'user') return { role: 'user', parts: userParts(turn, blocks) };
    blocks = geminiBlocks(turn.native);
    const parts = blocks?.parts ?? assistantParts(turn);
    return { role: 'model', parts: signed ? withSignature(parts) : parts };
  });
}

function userParts(turn: UserTurn, blocks: GeminiBlocks | undefined): JsonObject[] {
  const results = turn.results.map((result): JsonObject => {
    const id = blocks?.ids[result.id];
    const response = result.isError ? { error: result.output } : { output: result.output };
    return { functionResponse: { name: result.name, response, ...(id !== undefined && { id }) } };
  });
  return [...results, ...turn.parts.map(userPart)];
}

function userPart(part: TextPart | ImagePart): JsonObject {
  return part.type === 'text' ? { text: part.text } : { inlineData: { mimeType: part.mediaType, data: part.data } };
}

function assistantParts(turn: AssistantTurn): JsonObject[] {
  return turn.parts.map(part =>
    part.type === 'text' ? { text: part.text } : { functionCall: { name: part.name, args: argsObject(part) } },
  );
}

/** Of calls made together Gemini signs the first only, and looks at no other. */
function withSignature(parts: JsonObject[]): JsonObject[] {
  const first = parts.findIndex(part => part.functionCall !== undefined);
  const part = parts[first];
  if (!part || part.thoughtSignature !== undefined) return parts;
  return parts.with(first, { ...part, thoughtSignature: unsigned });
}
