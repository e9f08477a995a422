import type { Failure } from './failure.ts';
import { readOllama } from './ollama-read.ts';
import { retryHeaders } from './retry.ts';
import type { ModelCard } from './types.ts';
import type { Wire } from './vendor.ts';

function message(failure: Failure): string {
  if (failure.reason === 'context-overflow') return 'the input length exceeds the context length';
  if (failure.reason === 'model-missing' && !failure.message) return 'model not found';
  return failure.message;
}

export const ollama: Wire = {
  framing: 'ndjson',
  read: readOllama,
  error: (failure, { nowMs }) => ({
    status: failure.status,
    headers: retryHeaders(failure.retry, nowMs),
    body: { error: message(failure) },
  }),
  errorFrames: failure => [{ data: JSON.stringify({ error: message(failure) }) }],
  models: cards => ({
    models: cards.map(card => ({
      name: card.id,
      model: card.id,
      modified_at: '2026-01-01T00:00:00Z',
      size: 1_000_000_000,
      digest: '0'.repeat(64),
      details: {
        format: 'gguf',
        family: 'rehearsal',
        parameter_size: card.id.split(':')[1] ?? '',
        quantization_level: 'Q4_K_M',
      },
    })),
  }),
};

/** The answer to `/api/show`. */
export function ollamaShow(card: ModelCard): unknown {
  return {
    modelfile: '',
    parameters: '',
    template: '',
    details: { format: 'gguf', family: 'rehearsal' },
    model_info: { 'general.architecture': 'rehearsal', 'rehearsal.context_length': card.contextTokens },
    capabilities: card.tools === false ? ['completion'] : ['completion', 'tools', 'thinking', 'vision'],
  };
}
