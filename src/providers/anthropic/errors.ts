import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { ErrorClass } from '../../protocol/message.ts';
import { saysContextOverflow } from '../errors/context-overflow.ts';
import { type ErrorBody, errorBody, errorFields, failureText } from '../errors/error-body.ts';
import { classOfStatus, type Failed } from '../errors/failed.ts';
import { anthropicLimits, exhaustedMs } from '../errors/limits.ts';
import { retryHint } from '../errors/retry-hint.ts';
import type { HttpFailure } from '../http/exchange.ts';

const classes: Record<string, ErrorClass> = {
  authentication_error: 'auth',
  permission_error: 'auth',
  billing_error: 'quota',
  not_found_error: 'model-missing',
  rate_limit_error: 'rate-limit',
  request_too_large: 'context-overflow',
  timeout_error: 'retryable',
  api_error: 'retryable',
  overloaded_error: 'retryable',
};
/** Codes of a 429 that waiting does not cure. */
const spent = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);

export function anthropicFailure(failure: HttpFailure, now: number): Failed {
  const body = errorBody(failure.body);
  const wait = exhaustedMs(anthropicLimits(failure.headers, now));
  const retry = retryHint(failure.headers, now) ?? (wait === undefined ? undefined : { afterMs: wait });
  return {
    class: classOf(body) ?? classOfStatus(failure.status),
    message: failureText(failure.status, failure.body, body),
    status: failure.status,
    code: codeOf(body),
    retry,
  };
}

/** The error that arrives as an event after a stream had begun. */
export function anthropicEventFailure(event: JsonObject): Failed {
  const body = errorFields(event);
  return {
    class: classOf(body) ?? 'retryable',
    message: body?.message ?? 'The vendor broke the answer off.',
    code: codeOf(body),
  };
}

function codeOf(body: ErrorBody | undefined): string | undefined {
  return detailCode(body) ?? body?.type;
}

function detailCode(body: ErrorBody | undefined): string | undefined {
  const details = body?.raw.details;
  return isObject(details) && typeof details.error_code === 'string' ? details.error_code : undefined;
}

function classOf(body: ErrorBody | undefined): ErrorClass | undefined {
  const code = detailCode(body);
  if (code !== undefined && spent.has(code)) return 'quota';
  if (body?.type === 'invalid_request_error') return invalidRequest(body.message ?? '');
  return body?.type === undefined ? undefined : classes[body.type];
}

/**
 * Anthropic answers a prompt that is too long, a thinking block it does not know again and a lack of credit with the
 * same type and no code: here its wording is all there is.
 */
function invalidRequest(message: string): ErrorClass {
  if (saysContextOverflow(message)) return 'context-overflow';
  if (/\bsignature\b|`?(?:redacted_)?thinking`? blocks?\b/i.test(message)) return 'replay-invalid';
  if (/credit balance is too low/i.test(message)) return 'quota';
  return 'fatal';
}
