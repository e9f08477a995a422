import type Anthropic from '@anthropic-ai/sdk';
import type { ModelInfo, Provider, ProviderRequest } from '../core/routing/contract.ts';
import { provenanceOf } from './account.ts';
import { anthropicFailure } from './anthropic/errors.ts';
import { AnthropicReader } from './anthropic/reader.ts';
import { anthropicParams } from './anthropic/request.ts';
import { defaultMaxTokens } from './anthropic/thinking.ts';
import type { ProviderConfig } from './config.ts';
import type { ProviderDeps } from './deps.ts';
import { withoutEnv } from './environment.ts';
import { anthropicLimits } from './errors/limits.ts';
import type { Exchange } from './http/exchange.ts';
import { eventsOrWhole } from './http/framing.ts';
import { httpCall } from './http/http-call.ts';
import { countWith, listWith, maxOutputOf } from './models.ts';
import { streamCall } from './stream-call.ts';

const vendorUrl = 'https://api.anthropic.com';
/** Longer than any watchdog: time limits are the router's. */
const noTimeout = 2 ** 31 - 1;

/** Claude models by the Messages API. */
export function anthropicProvider(config: ProviderConfig, key: string | undefined, deps: ProviderDeps): Provider {
  const baseUrl = config.baseUrl ?? vendorUrl;
  const provenance = provenanceOf(config, baseUrl, key);
  const redact = (text: string) => deps.redactor.text(text);
  const classify = (failure: Parameters<typeof anthropicFailure>[0]) => anthropicFailure(failure, deps.now());

  const client = async (exchange: Exchange): Promise<Anthropic> => {
    const { Anthropic } = await import('@anthropic-ai/sdk');
    return withoutEnv(
      () =>
        new Anthropic({
          apiKey: key ?? '',
          baseURL: baseUrl,
          fetch: exchange.fetch,
          maxRetries: 0,
          timeout: noTimeout,
          logLevel: 'off',
          openTelemetry: false,
          defaultHeaders: { ...(config.legacyAuth && legacyHeaders(key)), ...config.headers },
        }),
    );
  };
  const maxTokensOf = (request: ProviderRequest) =>
    request.maxOutputTokens ?? maxOutputOf(config, request.model) ?? defaultMaxTokens(request.model);
  const paramsOf = (request: ProviderRequest) =>
    anthropicParams(request, provenance(request.model), {
      maxTokens: maxTokensOf(request),
      cache: config.cache ?? 'short',
    });

  return {
    name: config.name,
    kind: 'anthropic',
    free: config.free,
    provenance,
    stream: (request, signal) =>
      streamCall(
        httpCall({
          baseUrl,
          framing: eventsOrWhole,
          send: async (exchange, own) => {
            const { messages } = await client(exchange);
            const body = { ...paramsOf(request), max_tokens: maxTokensOf(request), stream: true as const };
            // The SDK's own reader hides keep-alives and swallows aborts; the body is read by ours.
            return messages.create(body, { signal: own }).asResponse();
          },
          reader: () => new AnthropicReader(provenance(request.model), deps.newId),
          limits: headers => anthropicLimits(headers, deps.now()),
          classify,
          redact,
        }),
        signal,
      ),
    listModels: signal =>
      listWith({ config, baseUrl, classify, redact }, signal, async (exchange, own) => {
        const models: ModelInfo[] = [];
        const { models: api } = await client(exchange);
        for await (const model of api.list({ limit: 1000 }, { signal: own })) {
          models.push({
            id: model.id,
            tools: true,
            ...(model.max_input_tokens && { contextTokens: model.max_input_tokens }),
            ...(model.max_tokens && { maxOutputTokens: model.max_tokens }),
            ...(model.capabilities && {
              images: model.capabilities.image_input.supported,
              reasoning: model.capabilities.thinking.supported,
            }),
          });
        }
        return models;
      }),
    countTokens: (request, signal) =>
      countWith(baseUrl, signal, async (exchange, own) => {
        const { messages } = await client(exchange);
        return (await messages.countTokens(paramsOf(request), { signal: own })).input_tokens;
      }),
  };
}

function legacyHeaders(key: string | undefined) {
  return { authorization: null, 'x-api-key': key ?? null, 'anthropic-version': '2023-06-01' };
}
