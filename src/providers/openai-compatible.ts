import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { ModelInfo, Provider } from '../core/routing/contract.ts';
import { isObject } from '../core/routing/tool-args.ts';
import { provenanceOf } from './account.ts';
import { dialectOf } from './chat/dialect.ts';
import { ChatReader } from './chat/reader.ts';
import { chatParams } from './chat/request.ts';
import type { ProviderConfig } from './config.ts';
import type { ProviderDeps } from './deps.ts';
import { openaiLimits } from './errors/limits.ts';
import { eventsOrWhole } from './http/framing.ts';
import { httpCall } from './http/http-call.ts';
import { listWith, maxOutputOf } from './models.ts';
import { openaiClient } from './openai/client.ts';
import { openaiFailure } from './openai/errors.ts';
import { streamCall } from './stream-call.ts';

/** Whoever speaks Chat Completions: OpenRouter, Groq, DeepSeek, Mistral, xAI, LM Studio, vLLM and others. */
export function openaiCompatibleProvider(
  config: ProviderConfig,
  key: string | undefined,
  deps: ProviderDeps,
): Provider {
  const baseUrl = config.baseUrl ?? 'https://api.openai.com/v1';
  const dialect = dialectOf({ ...config, baseUrl });
  const provenance = provenanceOf(config, baseUrl, key);
  const redact = (text: string) => deps.redactor.text(text);
  const classify = (failure: Parameters<typeof openaiFailure>[0]) => openaiFailure(failure, deps.now());
  const client = openaiClient(baseUrl, key, config.headers);

  return {
    name: config.name,
    kind: 'openai-compatible',
    free: config.free,
    thinksInSilence: dialect.thinksInSilence,
    hidesThoughts: dialect.hidesThoughts,
    provenance,
    stream: (request, signal) =>
      streamCall(
        httpCall({
          baseUrl,
          framing: eventsOrWhole,
          send: async (exchange, own) => {
            const { chat } = await client(exchange);
            const maxTokens = request.maxOutputTokens ?? maxOutputOf(config, request.model);
            const body = chatParams(request, provenance(request.model), dialect, maxTokens);
            // The SDK's own reader swallows aborts and hides keep-alives; the body is read by ours.
            const params = body as unknown as ChatCompletionCreateParamsStreaming;
            return chat.completions.create(params, { signal: own }).asResponse();
          },
          reader: () => new ChatReader(provenance(request.model), deps.newId),
          limits: openaiLimits,
          classify,
          redact,
        }),
        signal,
      ),
    listModels: signal =>
      listWith({ config, baseUrl, classify, redact }, signal, async (exchange, own) => {
        const { models } = await client(exchange);
        const page = await models.list({ signal: own });
        return page.data.map(modelInfo);
      }),
  };
}

/** Many servers tell more of a model than its name, each under names of its own. */
function modelInfo(model: { id: string }): ModelInfo {
  const more: Record<string, unknown> = { ...model };
  const top = isObject(more.top_provider) ? more.top_provider : {};
  const contextTokens = [more.context_length, more.context_window, more.max_context_length, more.max_model_len].find(
    isCount,
  );
  const maxOutputTokens = [top.max_completion_tokens, more.max_completion_tokens].find(isCount);
  const supported = Array.isArray(more.supported_parameters) ? more.supported_parameters : undefined;
  const capabilities = isObject(more.capabilities) ? more.capabilities : {};
  const tools = supported?.includes('tools') ?? capabilities.function_calling;
  return {
    id: model.id,
    ...(contextTokens !== undefined && { contextTokens }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(typeof tools === 'boolean' && { tools }),
    ...(typeof capabilities.vision === 'boolean' && { images: capabilities.vision }),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}
