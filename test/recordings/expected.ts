import type { Vendor } from '../../src/rehearsal/wire/types.ts';
import type { Chunk } from './split.ts';

/** What a recorded response says, read once more by the shortest way, without anything of the providers. */
export interface Expected {
  ends: 'finish' | 'error';
  text: string;
  reasoning: string;
  tools: { name: string; args: unknown }[];
  /** All tokens of the prompt, cached or not. */
  prompt: number | undefined;
  cached: number | undefined;
  output: number | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: recordings have no types, and reading them loosely is the point.
type Loose = any;

export function expectedOf(vendor: Vendor, chunks: Chunk[]): Expected {
  if (vendor === 'anthropic') return ofAnthropic(chunks);
  if (vendor === 'openai') return ofResponses(chunks);
  return vendor === 'google' ? ofGemini(chunks) : ofChat(chunks);
}

function args(json: string): unknown {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function sum(...numbers: (number | null | undefined)[]): number | undefined {
  const known = numbers.filter(each => typeof each === 'number');
  return known.length ? known.reduce((a, b) => a + b, 0) : undefined;
}

function ofAnthropic(chunks: Loose[]): Expected {
  const blocks: Loose[] = [];
  const usage: Loose = {};
  let told = false;
  let stop: string | undefined;
  for (const chunk of chunks) {
    const { type, index, delta } = chunk;
    for (const [key, value] of Object.entries(chunk.usage ?? chunk.message?.usage ?? {})) {
      if (value !== null) usage[key] = value;
    }
    told ||= type === 'message_delta';
    stop = (type === 'message_delta' && delta?.stop_reason) || stop;
    if (type === 'content_block_start') blocks[index] = { text: '', thinking: '', json: '', ...chunk.content_block };
    if (delta?.type === 'text_delta') blocks[index].text += delta.text;
    if (delta?.type === 'thinking_delta') blocks[index].thinking += delta.thinking;
    if (delta?.type === 'input_json_delta') blocks[index].json += delta.partial_json;
  }
  const of = (type: string) => blocks.filter(block => block?.type === type);
  const whole = chunks.some(({ type }) => type === 'message_stop') && stop !== 'model_context_window_exceeded';
  return {
    ends: whole && !chunks.some(({ type }) => type === 'error') ? 'finish' : 'error',
    text: of('text')
      .map(block => block.text)
      .join(''),
    reasoning: of('thinking')
      .map(block => block.thinking)
      .join(''),
    tools: of('tool_use').map(block => ({ name: block.name, args: block.json ? args(block.json) : block.input })),
    prompt: sum(usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens),
    cached: usage.cache_read_input_tokens,
    output: told ? usage.output_tokens : undefined,
  };
}

function ofResponses(chunks: Loose[]): Expected {
  const done = chunks.filter(({ type }) => type === 'response.output_item.done');
  const items = done.map(({ item }) => item);
  const finished = new Set(done.map(({ output_index }) => output_index));
  /** What was streamed of items that were never finished. */
  const loose = (type: RegExp) =>
    chunks
      .filter(chunk => type.test(chunk.type) && !finished.has(chunk.output_index))
      .map(({ delta }) => delta)
      .join('');
  const said = (type: string, ...fields: string[]) =>
    items
      .filter(item => item.type === type)
      .flatMap(item => fields.flatMap(field => item[field] ?? []))
      .map(({ text, refusal }) => text ?? refusal ?? '')
      .join('');
  const last = chunks.findLast(({ type }) => /^response\.(completed|incomplete|failed)$/.test(type));
  const { usage, incomplete_details } = last?.response ?? {};
  const failed = last?.type === 'response.failed' || incomplete_details?.reason === 'content_filter';
  return {
    ends: last && !failed && !chunks.some(({ type }) => type === 'error') ? 'finish' : 'error',
    text: said('message', 'content') + loose(/output_text\.delta|refusal\.delta/),
    reasoning: said('reasoning', 'summary', 'content') + loose(/reasoning_(summary_)?text\.delta/),
    tools: items
      .filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
      .map(({ name, arguments: json, input }) => ({ name, args: input === undefined ? args(json) : { input } })),
    prompt: usage?.input_tokens,
    cached: usage?.input_tokens_details?.cached_tokens,
    output: usage?.output_tokens,
  };
}

function ofChat(chunks: Loose[]): Expected {
  const deltas = chunks.flatMap(({ choices }) => choices?.[0]?.delta ?? []);
  const calls: Loose[] = [];
  for (const piece of deltas.flatMap(({ tool_calls }) => tool_calls ?? [])) {
    const same = calls.findLast(call => (piece.id ? call.id === piece.id : call.index === piece.index));
    const call = same ?? { id: piece.id, index: piece.index, name: '', json: '' };
    if (!same) calls.push(call);
    call.name ||= piece.function?.name ?? '';
    call.json += piece.function?.arguments ?? '';
  }
  const pieces = deltas.flatMap(({ content }) => content ?? []);
  const told =
    chunks.map(({ usage, x_groq, choices }) => usage ?? x_groq?.usage ?? choices?.[0]?.usage).findLast(Boolean) ?? {};
  const { prompt_tokens, completion_tokens, total_tokens } = told;
  const reasoned = told.completion_tokens_details?.reasoning_tokens ?? 0;
  const apart = reasoned > 0 && total_tokens === prompt_tokens + completion_tokens + reasoned;
  const stop = chunks.map(({ choices }) => choices?.[0]?.finish_reason).find(Boolean);
  const thoughts = pieces.flatMap(piece => (piece.type === 'thinking' ? piece.thinking : []));
  return {
    ends:
      stop &&
      !/^(content_filter|error|abort|insufficient_system_resource)$/.test(stop) &&
      !chunks.some(({ error }) => error)
        ? 'finish'
        : 'error',
    text:
      pieces.map(piece => (typeof piece === 'string' ? piece : (piece.text ?? ''))).join('') +
      deltas.map(({ refusal }) => refusal ?? '').join(''),
    reasoning:
      deltas.map(({ reasoning_content, reasoning }) => reasoning_content || reasoning || '').join('') +
      thoughts.map(({ text }) => text ?? '').join(''),
    tools: calls.map(({ name, json }) => ({ name, args: args(json) })),
    prompt: prompt_tokens,
    cached: told.prompt_tokens_details?.cached_tokens ?? told.prompt_cache_hit_tokens ?? told.cached_tokens,
    output: apart ? completion_tokens + reasoned : completion_tokens,
  };
}

function ofGemini(chunks: Loose[]): Expected {
  const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const tools: { name: string; args: Loose; open?: string }[] = [];
  for (const { functionCall: call } of parts) {
    if (call?.name) tools.push({ name: call.name, args: structuredClone(call.args ?? {}) });
    const tool = tools.at(-1);
    for (const piece of call?.partialArgs ?? []) if (tool) write(tool, piece);
  }
  const usage = Object.assign({}, ...chunks.map(({ usageMetadata }) => usageMetadata ?? {}));
  const { promptTokenCount, toolUsePromptTokenCount, totalTokenCount, candidatesTokenCount, thoughtsTokenCount } =
    usage;
  const stop = chunks.map(({ candidates }) => candidates?.[0]?.finishReason).findLast(Boolean);
  const rest = (totalTokenCount ?? 0) - (promptTokenCount ?? 0) - (toolUsePromptTokenCount ?? 0);
  return {
    ends:
      stop && !/SAFETY|RECITATION|BLOCKLIST|PROHIBITED|SPII|LANGUAGE|MALFORMED|UNEXPECTED|TOO_MANY|MISSING/.test(stop)
        ? 'finish'
        : 'error',
    text: parts
      .filter(part => !part.thought)
      .map(part => part.text ?? '')
      .join(''),
    reasoning: parts
      .filter(part => part.thought)
      .map(part => part.text ?? '')
      .join(''),
    tools: tools.map(({ name, args }) => ({ name, args })),
    prompt: sum(promptTokenCount, toolUsePromptTokenCount),
    cached: usage.cachedContentTokenCount,
    output: totalTokenCount === undefined ? sum(candidatesTokenCount, thoughtsTokenCount) : rest,
  };
}

/** Puts one piece of an argument where its path says; text goes on where the piece before had not ended. */
function write(tool: { args: Loose; open?: string }, piece: Loose): void {
  const keys = piece.jsonPath
    .replace(/^\$\.?/, '')
    .split(/[.[\]'"]+/)
    .filter(Boolean);
  let at = tool.args;
  keys.slice(0, -1).forEach((key: string, i: number) => {
    at[key] ??= /^\d+$/.test(keys[i + 1]) ? [] : {};
    at = at[key];
  });
  const value = piece.stringValue ?? piece.numberValue ?? piece.boolValue ?? null;
  const last = keys.at(-1);
  at[last] = tool.open === piece.jsonPath && typeof at[last] === 'string' ? at[last] + value : value;
  if (piece.willContinue) tool.open = piece.jsonPath;
  else delete tool.open;
}
