import type { GenerativeModel } from '@google/generative-ai';
import type { ModelInfo, Provider, ProviderRequest } from '../core/routing/contract.ts';
import { isObject } from '../core/routing/tool-args.ts';
import { provenanceOf } from './account.ts';
import type { ProviderConfig } from './config.ts';
import type { ProviderDeps } from './deps.ts';
import { geminiFailure } from './google/errors.ts';
import { GeminiReader } from './google/reader.ts';
import { geminiRequest } from './google/request.ts';
import { withFetch } from './google/with-fetch.ts';
import type { HttpFailure } from './http/exchange.ts';
import { eventsOrWhole } from './http/framing.ts';
import { httpCall } from './http/http-call.ts';
import { countWith, listWith, maxOutputOf } from './models.ts';
import { streamCall } from './stream-call.ts';

const vendorUrl = 'https://generativelanguage.googleapis.com';

/** Gemini models by generateContent. Google tells no limits in its headers. */
export function googleProvider(config: ProviderConfig, key: string | undefined, deps: ProviderDeps): Provider {
  const baseUrl = (config.baseUrl ?? vendorUrl).replace(/\/+$/, '');
  const provenance = provenanceOf(config, baseUrl, key);
  const redact = (text: string) => deps.redactor.text(text);
  const classify = (failure: HttpFailure) => geminiFailure(failure, deps.now());
  const modelOf = async (id: string): Promise<GenerativeModel> => {
    const { GoogleGenerativeAI } = await import('@google/generative-ai');
    const customHeaders = config.headers ?? {};
    return new GoogleGenerativeAI(key ?? '').getGenerativeModel({ model: id }, { baseUrl, customHeaders });
  };
  const bodyOf = (request: ProviderRequest) => {
    const maxTokens = request.maxOutputTokens ?? maxOutputOf(config, request.model);
    return geminiRequest(request, provenance(request.model), maxTokens);
  };

  return {
    name: config.name,
    kind: 'google',
    free: config.free,
    provenance,
    stream: (request, signal) =>
      streamCall(
        httpCall({
          baseUrl,
          framing: eventsOrWhole,
          send: async (exchange, own) => {
            const model = await modelOf(request.model);
            own.throwIfAborted();
            let answered: Response | undefined;
            // The SDK's own reader knows no bounds, takes keep-alives for broken JSON, and hides headers and causes.
            const keep = async (...sent: Parameters<typeof fetch>) => {
              const response = await exchange.fetch(...sent);
              answered = response;
              return response.ok ? new Response('') : response;
            };
            const empty = await withFetch(keep, () => model.generateContentStream(bodyOf(request)));
            empty.response.catch(() => {});
            if (!answered) throw new Error('the SDK of Google has sent nothing');
            return answered;
          },
          reader: () => new GeminiReader(provenance(request.model), deps.newId),
          limits: () => undefined,
          classify,
          redact,
        }),
        signal,
      ),
    listModels: signal =>
      listWith({ config, baseUrl, classify, redact }, signal, async (exchange, own) => {
        const models: ModelInfo[] = [];
        const headers = { 'x-goog-api-key': key ?? '', ...config.headers };
        for (let page = ''; ; ) {
          const response = await exchange.fetch(`${baseUrl}/v1beta/models?pageSize=1000${page}`, {
            headers,
            signal: own,
          });
          if (!response.ok) throw new Error(`HTTP ${response.status}`);
          const body: unknown = await response.json();
          if (!isObject(body)) return models;
          if (Array.isArray(body.models)) models.push(...body.models.filter(isObject).flatMap(modelInfo));
          if (typeof body.nextPageToken !== 'string' || body.nextPageToken === '') return models;
          page = `&pageToken=${encodeURIComponent(body.nextPageToken)}`;
        }
      }),
    countTokens: (request, signal) =>
      countWith(baseUrl, signal, async (exchange, own) => {
        const model = await modelOf(request.model);
        own.throwIfAborted();
        const generateContentRequest = { ...bodyOf(request), model: `models/${request.model}` };
        const count = withFetch(exchange.fetch, () => model.countTokens({ generateContentRequest }, { signal: own }));
        return (await count).totalTokens;
      }),
  };
}

function modelInfo(model: Record<string, unknown>): ModelInfo[] {
  const methods = model.supportedGenerationMethods;
  if (typeof model.name !== 'string' || (Array.isArray(methods) && !methods.includes('generateContent'))) return [];
  return [
    {
      id: model.name.replace(/^models\//, ''),
      ...(typeof model.inputTokenLimit === 'number' && { contextTokens: model.inputTokenLimit }),
      ...(typeof model.outputTokenLimit === 'number' && { maxOutputTokens: model.outputTokenLimit }),
      ...(typeof model.thinking === 'boolean' && { reasoning: model.thinking }),
    },
  ];
}
