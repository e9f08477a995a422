import type { ErrorAnswer, Failure, FailureReason } from './failure.ts';
import { retryHeaders } from './retry.ts';

interface Words {
  type: string;
  code: string | null;
  message?: string;
}

const words: Record<FailureReason, Words> = {
  invalid: { type: 'invalid_request_error', code: null },
  'replay-invalid': {
    type: 'invalid_request_error',
    code: 'invalid_encrypted_content',
    message: 'The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.',
  },
  'context-overflow': {
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
  },
  auth: { type: 'invalid_request_error', code: 'invalid_api_key' },
  billing: { type: 'insufficient_quota', code: 'credit_balance_exhausted' },
  forbidden: { type: 'permission_error', code: 'insufficient_permissions' },
  'not-found': { type: 'invalid_request_error', code: null },
  'model-missing': {
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: 'The model does not exist or you do not have access to it.',
  },
  timeout: { type: 'timeout', code: 'request_timeout' },
  'too-large': { type: 'invalid_request_error', code: 'request_too_large' },
  'rate-limit': { type: 'requests', code: 'rate_limit_exceeded' },
  quota: { type: 'insufficient_quota', code: 'insufficient_quota' },
  server: { type: 'server_error', code: null },
  unavailable: { type: 'service_unavailable_error', code: 'server_is_overloaded' },
  overloaded: { type: 'service_unavailable_error', code: 'server_is_overloaded' },
};

/** The error object of both OpenAI formats. */
export function openaiError(failure: Failure) {
  const { type, code, message } = words[failure.reason];
  return {
    message: failure.message || message,
    type,
    param: failure.param ?? null,
    code: failure.code ?? code,
  };
}

export function openaiErrorAnswer(failure: Failure, told: { requestId: string; nowMs: number }): ErrorAnswer {
  return {
    status: failure.status,
    headers: { 'x-request-id': told.requestId, ...retryHeaders(failure.retry, told.nowMs) },
    body: { error: openaiError(failure) },
  };
}

export function openaiModels(cards: readonly { id: string }[]) {
  return {
    object: 'list',
    data: cards.map(({ id }) => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'rehearsal' })),
  };
}
