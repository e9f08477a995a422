import { refuse } from './failure.ts';
import { keys, onlyKnown } from './google-fields.ts';
import { checkSchema } from './google-schema.ts';
import { readContents } from './google-turns.ts';
import { googleFrames, googleWhole } from './google-write.ts';
import { isObject, isText, type Json } from './json.ts';
import { Prefix } from './prefix.ts';
import type { CanonicalRequest } from './types.ts';
import type { Context, Incoming, Prompt } from './vendor.ts';

const known = {
  body: keys(
    'contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent model labels store serviceTier',
  ),
  config: keys(
    'stopSequences responseMimeType responseSchema responseJsonSchema responseModalities candidateCount maxOutputTokens ' +
      'temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs thinkingConfig mediaResolution speechConfig',
  ),
  thinking: keys('includeThoughts thinkingBudget thinkingLevel'),
  tool: keys('functionDeclarations googleSearch googleSearchRetrieval codeExecution urlContext'),
  declaration: keys('name description behavior parameters parametersJsonSchema response responseJsonSchema'),
};

/** Reads a generateContent request, refusing what Google refuses. */
export function readGoogle(incoming: Incoming, context: Context): Prompt {
  const body = onlyKnown(incoming.body, known.body, '');
  const card = context.model(incoming.model);
  const prefix = new Prefix(`google|${context.account}|${card.id}`);
  const tools = readTools(body.tools, prefix);
  const toolChoice = readToolConfig(body.toolConfig, tools);
  const system = readSystem(body.systemInstruction, prefix);
  const config = body.generationConfig === undefined ? {} : object(body.generationConfig, 'generation_config');
  const settings = onlyKnown(config, known.config, 'generation_config');
  const thinking =
    settings.thinkingConfig === undefined
      ? {}
      : onlyKnown(
          object(settings.thinkingConfig, 'thinking_config'),
          known.thinking,
          'generation_config.thinking_config',
        );
  const max = settings.maxOutputTokens;
  if (max !== undefined && !(Number.isInteger(max) && (max as number) >= 1 && (max as number) <= card.maxOutputTokens))
    refuse(`max_output_tokens must be in the range from 1 to ${card.maxOutputTokens} but was ${max}.`);
  const messages = readContents(body.contents, { prefix, context, card });
  const writing = {
    card,
    thoughts: thinking.includeThoughts === true,
    signer: context.signer,
    account: context.account,
  };

  return {
    card,
    prefix,
    request: {
      model: card.id,
      system,
      messages,
      tools,
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(max === undefined ? {} : { maxOutputTokens: max as number }),
      stream: incoming.stream === true,
    },
    bill: cache =>
      cache.automatic(prefix, { min: card.cacheMinTokens ?? 1024, step: card.cacheStep ?? 1, writes: false }),
    frames: reply => googleFrames(reply, writing),
    whole: reply => googleWhole(reply, writing),
  };
}

function object(value: unknown, at: string): Json {
  return isObject(value) ? value : refuse(`Invalid value at '${at}': not an object.`);
}

function list(value: unknown, at: string): unknown[] {
  return Array.isArray(value) ? value : refuse(`Invalid value at '${at}': not a list.`);
}

function readTools(value: unknown, prefix: Prefix): CanonicalRequest['tools'] {
  if (value === undefined) return [];
  return list(value, 'tools').flatMap((tool, i) => {
    const at = `tools[${i}]`;
    const { functionDeclarations } = onlyKnown(object(tool, at), known.tool, at);
    if (functionDeclarations === undefined) return [];
    return list(functionDeclarations, at).map((one, j) => {
      const where = `${at}.function_declarations[${j}]`;
      const declaration = onlyKnown(object(one, where), known.declaration, where);
      prefix.add(JSON.stringify(declaration));
      const { name } = declaration;
      if (!isText(name) || !/^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name))
        refuse(
          `Invalid function name at '${where}'. Must start with a letter or an underscore, at most 64 characters.`,
        );
      if (declaration.parameters !== undefined && declaration.parametersJsonSchema !== undefined)
        refuse(`${where}: parameters and parameters_json_schema must not both be set.`);
      if (declaration.parameters !== undefined) checkSchema(declaration.parameters, `${where}.parameters`);
      const parameters = declaration.parametersJsonSchema ??
        declaration.parameters ?? { type: 'object', properties: {} };
      return {
        name,
        description: isText(declaration.description) ? declaration.description : '',
        parameters: object(parameters, where),
      };
    });
  });
}

function readToolConfig(value: unknown, tools: CanonicalRequest['tools']): CanonicalRequest['toolChoice'] {
  if (value === undefined) return undefined;
  const outer = onlyKnown(object(value, 'tool_config'), keys('functionCallingConfig retrievalConfig'), 'tool_config');
  if (outer.functionCallingConfig === undefined) return undefined;
  const config = onlyKnown(
    object(outer.functionCallingConfig, 'function_calling_config'),
    keys('mode allowedFunctionNames'),
    'tool_config.function_calling_config',
  );
  const allowed =
    config.allowedFunctionNames === undefined ? [] : list(config.allowedFunctionNames, 'allowed_function_names');
  for (const name of allowed)
    if (!tools.some(tool => tool.name === name)) refuse(`allowed_function_names: ${name} is not a declared function.`);
  if (allowed.length > 0 && config.mode !== 'ANY' && config.mode !== 'VALIDATED')
    refuse('allowed_function_names should only be set when the mode is ANY.');
  if (config.mode === 'NONE') return 'none';
  if (config.mode === undefined || config.mode === 'AUTO' || config.mode === 'VALIDATED') return 'auto';
  if (config.mode !== 'ANY') refuse(`Invalid value at 'tool_config.function_calling_config.mode': "${config.mode}"`);
  return allowed.length === 1 ? { name: String(allowed[0]) } : 'required';
}

function readSystem(value: unknown, prefix: Prefix): string {
  if (value === undefined) return '';
  const { parts } = onlyKnown(object(value, 'system_instruction'), keys('role parts'), 'system_instruction');
  const some = Array.isArray(parts) ? parts : [parts];
  const text = some
    .map(part => (isObject(part) && isText(part.text) ? part.text : refuse('system_instruction: text only')))
    .join('\n');
  prefix.add(text);
  return text;
}
