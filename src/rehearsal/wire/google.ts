import type { Failure, FailureReason } from './failure.ts';
import { readGoogle } from './google-read.ts';
import { retryHeaders } from './retry.ts';
import type { Wire } from './vendor.ts';

const statuses: Record<FailureReason, string> = {
  invalid: 'INVALID_ARGUMENT',
  'replay-invalid': 'INVALID_ARGUMENT',
  'context-overflow': 'INVALID_ARGUMENT',
  auth: 'UNAUTHENTICATED',
  billing: 'FAILED_PRECONDITION',
  forbidden: 'PERMISSION_DENIED',
  'not-found': 'NOT_FOUND',
  'model-missing': 'NOT_FOUND',
  timeout: 'DEADLINE_EXCEEDED',
  'too-large': 'INVALID_ARGUMENT',
  'rate-limit': 'RESOURCE_EXHAUSTED',
  quota: 'RESOURCE_EXHAUSTED',
  server: 'INTERNAL',
  unavailable: 'UNAVAILABLE',
  overloaded: 'UNAVAILABLE',
};

const typeOf = (name: string) => `type.googleapis.com/google.rpc.${name}`;

function details(failure: Failure): unknown[] {
  if (failure.reason === 'auth')
    return [{ '@type': typeOf('ErrorInfo'), reason: 'API_KEY_INVALID', domain: 'googleapis.com' }];
  if (failure.reason === 'quota')
    return [
      {
        '@type': typeOf('QuotaFailure'),
        violations: [{ quotaMetric: 'generate_requests_per_day', quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }],
      },
    ];
  if (failure.retry?.form === 'retry-info')
    return [{ '@type': typeOf('RetryInfo'), retryDelay: `${failure.retry.ms / 1000}s` }];
  return [];
}

function errorBody(failure: Failure) {
  let message = failure.message;
  if (failure.reason === 'context-overflow' && !message)
    message = 'The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).';
  if (failure.reason === 'model-missing' && !message) message = 'The model is not found for API version v1beta.';
  if (failure.reason === 'replay-invalid') message = 'Corrupted thought signature.';
  const more = details(failure);
  const error = {
    code: failure.status,
    message,
    status: failure.status === 400 ? 'INVALID_ARGUMENT' : statuses[failure.reason],
  };
  return { error: more.length > 0 ? { ...error, details: more } : error };
}

export const google: Wire = {
  framing: 'sse-crlf',
  read: readGoogle,
  error: (failure, { nowMs }) => ({
    status: failure.status,
    headers: retryHeaders(failure.retry, nowMs),
    body: errorBody(failure),
  }),
  errorFrames: failure => [{ data: JSON.stringify(errorBody(failure)) }],
  models: cards => ({
    models: cards.map(card => ({
      name: `models/${card.id}`,
      displayName: card.id,
      inputTokenLimit: card.contextTokens,
      outputTokenLimit: card.maxOutputTokens,
      supportedGenerationMethods: ['generateContent', 'countTokens'],
      thinking: true,
    })),
  }),
};
