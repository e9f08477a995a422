import type { Provider, ProviderRequest } from '../core/routing/contract.ts';
import { provenanceOf } from './account.ts';
import type { ProviderConfig } from './config.ts';
import type { ProviderDeps } from './deps.ts';
import { openaiLimits } from './errors/limits.ts';
import { eventsOrWhole } from './http/framing.ts';
import { httpCall } from './http/http-call.ts';
import { countWith, listWith, maxOutputOf } from './models.ts';
import { openaiClient } from './openai/client.ts';
import { openaiFailure } from './openai/errors.ts';
import { ResponsesReader } from './openai/reader.ts';
import { responsesExtras, responsesParams } from './openai/request.ts';
import { streamCall } from './stream-call.ts';

/** OpenAI's models by the Responses API; nothing is stored at the vendor. */
export function openaiProvider(config: ProviderConfig, key: string | undefined, deps: ProviderDeps): Provider {
  const baseUrl = config.baseUrl ?? 'https://api.openai.com/v1';
  const provenance = provenanceOf(config, baseUrl, key);
  const redact = (text: string) => deps.redactor.text(text);
  const classify = (failure: Parameters<typeof openaiFailure>[0]) => openaiFailure(failure, deps.now());
  const client = openaiClient(baseUrl, key, config.headers);
  const paramsOf = (request: ProviderRequest) => responsesParams(request, provenance(request.model));

  return {
    name: config.name,
    kind: 'openai',
    free: config.free,
    provenance,
    stream: (request, signal) =>
      streamCall(
        httpCall({
          baseUrl,
          framing: eventsOrWhole,
          send: async (exchange, own) => {
            const { responses } = await client(exchange);
            const maxTokens = request.maxOutputTokens ?? maxOutputOf(config, request.model);
            const body = { ...paramsOf(request), ...responsesExtras(request, maxTokens) };
            // The SDK's own reader swallows aborts and hides keep-alives; the body is read by ours.
            return responses.create(body, { signal: own }).asResponse();
          },
          reader: () =>
            new ResponsesReader(provenance(request.model), deps.newId, new Set(request.tools.map(tool => tool.name))),
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
        return page.data.map(({ id }) => ({ id }));
      }),
    countTokens: (request, signal) =>
      countWith(baseUrl, signal, async (exchange, own) => {
        const { responses } = await client(exchange);
        return (await responses.inputTokens.count(paramsOf(request), { signal: own })).input_tokens;
      }),
  };
}
