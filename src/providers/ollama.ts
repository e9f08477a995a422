import type { Provider } from '../core/routing/contract.ts';
import { provenanceOf } from './account.ts';
import type { ProviderConfig } from './config.ts';
import type { ProviderDeps } from './deps.ts';
import type { Exchange, HttpFailure } from './http/exchange.ts';
import { linesOrEvents } from './http/framing.ts';
import { httpCall } from './http/http-call.ts';
import { listWith, maxOutputOf } from './models.ts';
import { ollamaFailure } from './ollama/errors.ts';
import { OllamaModels } from './ollama/models.ts';
import { OllamaReader } from './ollama/reader.ts';
import { ollamaBody } from './ollama/request.ts';
import { streamCall } from './stream-call.ts';

/** Ollama's own default holds little more than an agent's system prompt and tools. */
const defaultNumCtx = 32_768;

/** A local Ollama server, in its own format: only there can the size of the context be set. */
export function ollamaProvider(config: ProviderConfig, key: string | undefined, deps: ProviderDeps): Provider {
  const baseUrl = (config.baseUrl ?? 'http://127.0.0.1:11434').replace(/\/+$/, '');
  const numCtx = config.numCtx ?? defaultNumCtx;
  const provenance = provenanceOf(config, baseUrl, key);
  const models = new OllamaModels();
  const redact = (text: string) => deps.redactor.text(text);
  const classify = (failure: HttpFailure) => ollamaFailure(failure, deps.now());
  const headers = {
    'content-type': 'application/json',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...config.headers,
  };
  const post = async (exchange: Exchange, path: string, body?: unknown): Promise<Response> => {
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await exchange.fetch(`${baseUrl}${path}`, init);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  };

  return {
    name: config.name,
    kind: 'ollama',
    free: config.free,
    provenance,
    stream: (request, signal) =>
      streamCall(
        httpCall({
          baseUrl,
          framing: linesOrEvents,
          send: exchange => {
            const maxTokens = request.maxOutputTokens ?? maxOutputOf(config, request.model);
            return post(exchange, '/api/chat', ollamaBody(request, provenance(request.model), { numCtx, maxTokens }));
          },
          reader: () => new OllamaReader(provenance(request.model), deps.newId),
          limits: () => undefined,
          classify,
          redact,
        }),
        signal,
      ),
    listModels: signal =>
      listWith({ config, baseUrl, classify, redact }, signal, exchange =>
        models.list(async (path, body) => (await post(exchange, path, body)).json(), numCtx),
      ),
  };
}
