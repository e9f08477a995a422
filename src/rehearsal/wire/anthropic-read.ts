import { Marks, type Thinking } from './anthropic-marks.ts';
import { readBlocks } from './anthropic-turns.ts';
import { anthropicFrames, anthropicWhole } from './anthropic-write.ts';
import { refuse } from './failure.ts';
import { isObject, isText, unknownKey } from './json.ts';
import { Prefix } from './prefix.ts';
import type { CanonicalRequest } from './types.ts';
import type { Context, Incoming, Prompt } from './vendor.ts';

const versions = new Set(['2023-06-01', '2026-10-21']);
const known = new Set(
  (
    'model max_tokens messages cache_control container context_management diagnostics inference_geo mcp_servers metadata ' +
    'output_config output_format service_tier speed stop_sequences stream system temperature thinking tool_choice tools ' +
    'top_k top_p user_profile_id workspace_id betas'
  ).split(' '),
);
const thinkingTypes = new Set(['enabled', 'adaptive', 'disabled', 'between_tools']);
const maxBreakpoints = 4;

/** Reads a Messages request, refusing what Anthropic refuses. */
export function readAnthropic({ body, headers }: Incoming, context: Context): Prompt {
  const version = headers['anthropic-version'];
  if (!isText(version)) refuse('anthropic-version: header is required');
  if (!versions.has(version)) refuse(`anthropic-version: "${version}" is not a valid version`);
  const odd = unknownKey(body, known);
  if (odd) refuse(`${odd}: Extra inputs are not permitted`);
  if (version === '2026-10-21')
    for (const key of ['temperature', 'top_p', 'top_k'])
      if (body[key] !== undefined) refuse(`${key}: not supported for this API version`);
  const card = context.model(body.model);
  const max = body.max_tokens;
  if (!Number.isInteger(max)) refuse(max === undefined ? 'max_tokens: Field required' : 'max_tokens: not an integer');
  if ((max as number) < 1) refuse('max_tokens: Input should be greater than or equal to 1');
  if ((max as number) > card.maxOutputTokens)
    refuse(`max_tokens: ${max} > ${card.maxOutputTokens}, which is the maximum allowed number of output tokens`);

  const prefix = new Prefix(`anthropic|${context.account}|${card.id}`);
  const marks = new Marks(prefix);
  const tools = readTools(body.tools, marks);
  const system = readSystem(body.system, marks);
  const thinking = readThinking(body.thinking, max as number);
  const toolChoice = readToolChoice(body.tool_choice, thinking);
  const signed = prefix.head;
  marks.add('settings', { thinking: body.thinking, tool_choice: body.tool_choice }, undefined);
  const turns = readBlocks(body.messages, { marks, signer: context.signer, base: signed, thinking });
  if (body.cache_control !== undefined) marks.automatic(body.cache_control);
  if (marks.points.length > maxBreakpoints)
    refuse(`A maximum of ${maxBreakpoints} blocks with cache_control may be provided. Found ${marks.points.length}.`);

  const sign = (text: string) => context.signer.sign(turns.base, text);
  const writing = { model: card.id, sign, thinking };
  return {
    card,
    prefix,
    request: {
      model: card.id,
      system,
      messages: turns.messages,
      tools,
      ...(toolChoice === undefined ? {} : { toolChoice }),
      maxOutputTokens: max as number,
      stream: body.stream === true,
    },
    bill: cache => cache.atBreakpoints(prefix, marks.points, marks.ends, card.cacheMinTokens ?? 1024),
    frames: reply => anthropicFrames(reply, writing),
    whole: reply => anthropicWhole(reply, writing),
  };
}

function readTools(value: unknown, marks: Marks): CanonicalRequest['tools'] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) refuse('tools: Input should be a valid list');
  const names = new Set<string>();
  return value.map((tool: unknown, i) => {
    const at = `tools.${i}`;
    if (!isObject(tool)) refuse(`${at}: Input should be an object`);
    if (!isText(tool.name) || !/^[a-zA-Z0-9_-]{1,128}$/.test(tool.name))
      refuse(`${at}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    if (names.has(tool.name)) refuse('tools: Tool names must be unique.');
    names.add(tool.name);
    if (!isObject(tool.input_schema)) refuse(`${at}.custom.input_schema: Field required`);
    if (tool.input_schema.type !== 'object') refuse(`${at}.custom.input_schema.type: Input should be 'object'`);
    marks.add('tool', tool, at);
    return {
      name: tool.name,
      description: isText(tool.description) ? tool.description : '',
      parameters: tool.input_schema,
    };
  });
}

function readSystem(value: unknown, marks: Marks): string {
  if (value === undefined) return '';
  const blocks: unknown = isText(value) ? [{ type: 'text', text: value }] : value;
  if (!Array.isArray(blocks)) refuse('system: Input should be a valid list');
  const texts = blocks.map((block: unknown, i) => {
    if (!isObject(block) || block.type !== 'text' || !isText(block.text))
      refuse(`system.${i}: Input should be a text block`);
    if (block.text === '') refuse(`system.${i}: text content blocks must be non-empty`);
    marks.add('system', block, `system.${i}`);
    return block.text;
  });
  return texts.join('\n');
}

function readThinking(value: unknown, maxTokens: number): Thinking {
  if (value === undefined || value === null) return { type: undefined, omitted: false };
  if (!isObject(value) || !isText(value.type) || !thinkingTypes.has(value.type))
    refuse("thinking.type: Input should be 'enabled', 'adaptive', 'between_tools' or 'disabled'");
  if (value.type === 'enabled') {
    if (!Number.isInteger(value.budget_tokens)) refuse('thinking.enabled.budget_tokens: Field required');
    if ((value.budget_tokens as number) < 1024)
      refuse('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
    if ((value.budget_tokens as number) >= maxTokens)
      refuse('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  return { type: value.type, omitted: value.display === 'omitted' };
}

function readToolChoice(value: unknown, thinking: Thinking): CanonicalRequest['toolChoice'] {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) refuse('tool_choice: Input should be an object');
  if (value.type === 'auto') return 'auto';
  if (value.type === 'none') return 'none';
  if (thinking.type === 'enabled' && (value.type === 'any' || value.type === 'tool'))
    refuse('Thinking may not be enabled when tool_choice forces tool use.');
  if (value.type === 'any') return 'required';
  if (value.type === 'tool' && isText(value.name)) return { name: value.name };
  return refuse("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'");
}
