import { readAnthropic } from './anthropic-read.ts';
import type { ErrorAnswer, Failure, FailureReason } from './failure.ts';
import { retryHeaders } from './retry.ts';
import type { Wire } from './vendor.ts';

const types: Record<FailureReason, string> = {
  invalid: 'invalid_request_error',
  'replay-invalid': 'invalid_request_error',
  'context-overflow': 'invalid_request_error',
  auth: 'authentication_error',
  billing: 'billing_error',
  forbidden: 'permission_error',
  'not-found': 'not_found_error',
  'model-missing': 'not_found_error',
  timeout: 'timeout_error',
  'too-large': 'request_too_large',
  'rate-limit': 'rate_limit_error',
  quota: 'rate_limit_error',
  server: 'api_error',
  unavailable: 'api_error',
  overloaded: 'overloaded_error',
};

function errorBody(failure: Failure) {
  let message = failure.message;
  if (failure.reason === 'context-overflow' && !message)
    message = 'prompt is too long: 1000001 tokens > 1000000 maximum';
  if (failure.reason === 'model-missing' && !message) message = 'model: the model does not exist';
  if (failure.reason === 'replay-invalid') message = 'messages.1.content.0: Invalid `signature` in `thinking` block';
  const details = failure.reason === 'quota' ? { details: { error_code: 'enforced_spend_limit_reached' } } : {};
  return { type: types[failure.reason], message, ...details };
}

export const anthropic: Wire = {
  framing: 'sse-named',
  read: readAnthropic,
  error(failure, { requestId, nowMs }): ErrorAnswer {
    return {
      status: failure.status,
      headers: { 'request-id': requestId, ...retryHeaders(failure.retry, nowMs) },
      body: { type: 'error', error: errorBody(failure), request_id: requestId },
    };
  },
  errorFrames: failure => [{ event: 'error', data: JSON.stringify({ type: 'error', error: errorBody(failure) }) }],
  models: cards => ({
    data: cards.map(card => ({
      type: 'model',
      id: card.id,
      display_name: card.id,
      created_at: '2026-01-01T00:00:00Z',
      max_input_tokens: card.contextTokens,
      max_tokens: card.maxOutputTokens,
    })),
    has_more: false,
    first_id: cards[0]?.id ?? null,
    last_id: cards.at(-1)?.id ?? null,
  }),
};
