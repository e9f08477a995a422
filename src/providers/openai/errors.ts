import type { ErrorClass } from '../../protocol/message.ts';
import { saysContextOverflow } from '../errors/context-overflow.ts';
import { type ErrorBody, errorBody, errorFields, failureText } from '../errors/error-body.ts';
import { classOfStatus, type Failed } from '../errors/failed.ts';
import { exhaustedMs, openaiLimits } from '../errors/limits.ts';
import { retryHint } from '../errors/retry-hint.ts';
import type { HttpFailure } from '../http/exchange.ts';

/** What the codes and types of OpenAI, and of those who took its format over, mean to us. */
const classes: Record<string, ErrorClass> = {
  insufficient_quota: 'quota',
  credit_balance_exhausted: 'quota',
  organization_spend_limit_exceeded: 'quota',
  project_spend_limit_exceeded: 'quota',
  billing_hard_limit_reached: 'quota',
  billing_not_active: 'quota',
  rate_limit_exceeded: 'rate-limit',
  rate_limit_error: 'rate-limit',
  slow_down: 'rate-limit',
  invalid_api_key: 'auth',
  account_deactivated: 'auth',
  authentication_error: 'auth',
  permission_error: 'auth',
  model_not_found: 'model-missing',
  context_length_exceeded: 'context-overflow',
  string_above_max_length: 'context-overflow',
  exceed_context_size_error: 'context-overflow',
  content_filter: 'content-filter',
  content_policy_violation: 'content-filter',
  invalid_prompt: 'content-filter',
  bio_policy: 'content-filter',
  misalignment_policy_violation: 'content-filter',
  image_content_policy_violation: 'content-filter',
  invalid_encrypted_content: 'replay-invalid',
  tool_use_failed: 'malformed',
  server_error: 'retryable',
  server_is_overloaded: 'retryable',
};

export function openaiFailure(failure: HttpFailure, now: number): Failed {
  const body = errorBody(failure.body);
  const wait = exhaustedMs(openaiLimits(failure.headers));
  const retry = retryHint(failure.headers, now) ?? (wait === undefined ? undefined : { afterMs: wait });
  return {
    class: classOf(body, failure.status) ?? classOfStatus(failure.status),
    message: failureText(failure.status, failure.body, body),
    status: failure.status,
    code: body?.code ?? body?.type,
    retry,
  };
}

/** The error that arrives in a stream that had begun with 200; nested or flat. */
export function openaiEventFailure(event: unknown): Failed {
  const body = errorFields(event);
  const code = body?.code ?? (body?.type === 'error' ? undefined : body?.type);
  return {
    class: classOf(body) ?? 'retryable',
    message: body?.message ?? 'The vendor broke the answer off.',
    code,
  };
}

function classOf(body: ErrorBody | undefined, status = 400): ErrorClass | undefined {
  if (!body) return undefined;
  const named = classes[body.code ?? ''] ?? classes[body.type ?? ''];
  if (named) return named;
  if (isModerated(body.raw.metadata)) return 'content-filter';
  if (isRefusal(status) && saysContextOverflow(body.message ?? '')) return 'context-overflow';
  // OpenRouter and vLLM put the HTTP status where others have a word.
  const inside = Number(body.code);
  return inside >= 400 && inside < 600 ? classOfStatus(inside) : undefined;
}

/** A status that says only that something is wrong with the request. */
function isRefusal(status: number): boolean {
  return status === 400 || status === 413 || status === 422;
}

/** OpenRouter answers flagged input with 403 and the reasons. */
function isModerated(metadata: unknown): boolean {
  return typeof metadata === 'object' && metadata !== null && 'reasons' in metadata && 'flagged_input' in metadata;
}
