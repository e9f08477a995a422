import { refuse } from './failure.ts';
import { isObject, isText, unknownKey } from './json.ts';
import { readItems } from './openai-items.ts';
import { missing, readFunction } from './openai-tools.ts';
import { openaiFrames, openaiWhole } from './openai-write.ts';
import { Prefix } from './prefix.ts';
import type { CanonicalRequest } from './types.ts';
import type { Context, Incoming, Prompt } from './vendor.ts';

const known = new Set(
  (
    'access_programs background context_management conversation image include input instructions max_output_tokens ' +
    'max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key ' +
    'prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options ' +
    'temperature text tool_choice tools top_logprobs top_p truncation user client_metadata'
  ).split(' '),
);
const efforts = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** Reads a Responses request, refusing what OpenAI refuses. */
export function readOpenAi({ body }: Incoming, context: Context): Prompt {
  const odd = unknownKey(body, known);
  if (odd) refuse(`Unknown parameter: '${odd}'.`, { param: odd, code: 'unknown_parameter' });
  if (!isText(body.model)) refuse("Missing required parameter: 'model'.", missing('model'));
  const card = context.model(body.model);
  if (isText(body.previous_response_id))
    refuse(`Previous response with id '${body.previous_response_id}' not found.`, {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    });
  const max = body.max_output_tokens ?? undefined;
  if (max !== undefined && !(Number.isInteger(max) && (max as number) >= 16))
    refuse(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${max} instead.`,
      {
        param: 'max_output_tokens',
        code: 'integer_below_min_value',
      },
    );
  const reasoning = isObject(body.reasoning) ? body.reasoning : {};
  if (reasoning.effort !== undefined && reasoning.effort !== null && !efforts.has(String(reasoning.effort)))
    refuse(`Invalid value: '${reasoning.effort}'.`, { param: 'reasoning.effort', code: 'invalid_value' });

  const cacheKey = isText(body.prompt_cache_key) ? body.prompt_cache_key : '';
  const prefix = new Prefix(`openai|${context.account}|${card.id}|${cacheKey}`);
  const tools = readTools(body.tools, prefix);
  const toolChoice = readToolChoice(body.tool_choice, tools);
  const instructions = isText(body.instructions) ? body.instructions : '';
  if (instructions) prefix.add(instructions);
  const items = isText(body.input) ? [{ role: 'user', content: body.input }] : body.input;
  if (!Array.isArray(items)) refuse("Missing required parameter: 'input'.", missing('input'));
  const turns = readItems(items, { prefix, context, store: body.store !== false });
  const include = Array.isArray(body.include) ? body.include : [];
  const writing = {
    model: card.id,
    summary: isText(reasoning.summary),
    encrypted: include.includes('reasoning.encrypted_content') ? () => encrypt(context) : undefined,
    newId: context.newId,
  };

  return {
    card,
    prefix,
    request: {
      model: card.id,
      system: [instructions, ...turns.system].filter(Boolean).join('\n'),
      messages: turns.messages,
      tools,
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(max === undefined ? {} : { maxOutputTokens: max as number }),
      stream: body.stream === true,
    },
    bill: cache =>
      cache.automatic(prefix, {
        min: card.cacheMinTokens ?? 1024,
        step: card.cacheStep ?? 128,
        writes: card.cacheWrites === true,
      }),
    frames: reply => openaiFrames(reply, writing),
    whole: reply => openaiWhole(reply, writing),
  };
}

function encrypt(context: Context): string {
  const nonce = context.newId('n');
  return `gAAAAA${context.account}.${nonce}.${context.signer.sign('reasoning', context.account, nonce)}`;
}

function readTools(value: unknown, prefix: Prefix): CanonicalRequest['tools'] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value))
    refuse("Invalid type for 'tools': expected an array.", { param: 'tools', code: 'invalid_type' });
  return value.map((tool: unknown, i) => {
    const at = `tools[${i}]`;
    if (!isObject(tool)) refuse(`Invalid type for '${at}': expected an object.`, { param: at, code: 'invalid_type' });
    prefix.add(JSON.stringify(tool));
    if (tool.type === 'function') return readFunction(tool, at);
    if (!isText(tool.type)) refuse(`Missing required parameter: '${at}.type'.`, missing(`${at}.type`));
    return { name: isText(tool.name) ? tool.name : tool.type, description: '', parameters: {} };
  });
}

function readToolChoice(value: unknown, tools: CanonicalRequest['tools']): CanonicalRequest['toolChoice'] {
  if (value === undefined || value === null) return undefined;
  if (value === 'auto' || value === 'none' || value === 'required') return value;
  if (isObject(value) && value.type === 'function' && isText(value.name)) {
    const { name } = value;
    if (!tools.some(tool => tool.name === name))
      refuse(`Tool choice 'function' not found in 'tools' parameter.`, { param: 'tool_choice' });
    return { name };
  }
  if (isObject(value)) return 'auto';
  return refuse(`Invalid value: '${value}'.`, { param: 'tool_choice', code: 'invalid_value' });
}
