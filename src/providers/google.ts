import type { GenerativeModel } from '@google/generative-ai';
import type { ModelInfo, Provider, ProviderRequest } from '../core/routing/contract.ts';
import { isObject } from '../core/routing/tool-args.ts';
import { provenanceOf } from './account.ts';
import type { ProviderConfig } from './config.ts';
import type { ProviderDeps } from './deps.ts';
import { errorBody, failureText } from './errors/error-body.ts';
import type { Failed } from './errors/failed.ts';
import { geminiHttpFailure, sdkFailure } from './google/errors.ts';
import { GeminiReader } from './google/reader.ts';
import { geminiRequest } from './google/request.ts';
import { withFetch } from './google/with-fetch.ts';
import { Exchange, type HttpFailure } from './http/exchange.ts';
import { countWith, listWith, maxOutputOf } from './models.ts';
import { streamCall } from './stream-call.ts';

const vendorUrl = 'https://generativelanguage.googleapis.com';

/** Gemini models by generateContent. The SDK shows neither headers nor single bytes, so there are no limits to tell. */
export function googleProvider(config: ProviderConfig, key: string | undefined, deps: ProviderDeps): Provider {
  const baseUrl = (config.baseUrl ?? vendorUrl).replace(/\/+$/, '');
  const provenance = provenanceOf(config, baseUrl, key);
  const redact = (text: string) => deps.redactor.text(text);
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
        {
          open: async own => {
            const exchange = new Exchange(baseUrl, own.signal);
            try {
              const model = await modelOf(request.model);
              // The SDK would send even for a signal that is aborted already.
              own.signal.throwIfAborted();
              const answer = await withFetch(exchange.fetch, () =>
                model.generateContentStream(bodyOf(request), { signal: own.signal }),
              );
              // Nobody reads the summary, which loses signatures; its failure must not go unhandled.
              answer.response.catch(() => {});
              return sourceOf(answer.stream);
            } catch (thrown) {
              return { failed: exchange.astray ?? sdkFailure(thrown) };
            }
          },
          reader: () => new GeminiReader(provenance(request.model), deps.newId),
          broke: sdkFailure,
          redact,
        },
        signal,
      ),
    listModels: signal =>
      listWith({ config, baseUrl, classify: httpFailure, redact }, signal, async (exchange, own) => {
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

function sourceOf(stream: AsyncIterable<unknown>) {
  const chunks = stream[Symbol.asyncIterator]();
  return {
    next: (payloads: unknown[]) =>
      chunks.next().then(({ done, value }) => {
        if (!done) payloads.push(value);
        return !done;
      }),
    // It ends only with its connection, so nothing is left to wait for.
    release: () => {},
  };
}

function httpFailure(failure: HttpFailure): Failed {
  const body = errorBody(failure.body);
  return geminiHttpFailure(failure.status, failureText(failure.status, failure.body, body), body?.raw.details);
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
