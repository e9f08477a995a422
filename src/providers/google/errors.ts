import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { ErrorClass } from '../../protocol/message.ts';
import { saysContextOverflow } from '../errors/context-overflow.ts';
import { durationMs } from '../errors/duration.ts';
import { errorBody, failureText } from '../errors/error-body.ts';
import { classOfStatus, type Failed } from '../errors/failed.ts';
import { retryHint } from '../errors/retry-hint.ts';
import type { HttpFailure } from '../http/exchange.ts';

/** gRPC's words for what went wrong. */
const ofStatus: Record<string, ErrorClass> = {
  UNAUTHENTICATED: 'auth',
  PERMISSION_DENIED: 'auth',
  NOT_FOUND: 'model-missing',
  RESOURCE_EXHAUSTED: 'rate-limit',
  ABORTED: 'retryable',
  CANCELLED: 'retryable',
  DEADLINE_EXCEEDED: 'retryable',
  INTERNAL: 'retryable',
  UNAVAILABLE: 'retryable',
  UNKNOWN: 'retryable',
};

const ofReason: Record<string, ErrorClass> = {
  API_KEY_INVALID: 'auth',
  API_KEY_SERVICE_BLOCKED: 'auth',
  ACCESS_TOKEN_EXPIRED: 'auth',
  BILLING_DISABLED: 'quota',
  CONSUMER_SUSPENDED: 'quota',
  RATE_LIMIT_EXCEEDED: 'rate-limit',
};

interface Facts {
  status: number | undefined;
  /** gRPC's word, where it was sent. */
  word?: string | undefined;
  message: string;
  details: JsonObject[];
}

/** An error object in the stream: `{code, message, status, details}`. */
export function geminiChunkFailure(error: unknown): Failed {
  const { code, message, status, details } = isObject(error) ? error : {};
  return failed({
    status: typeof code === 'number' ? code : undefined,
    word: typeof status === 'string' ? status : undefined,
    message: typeof message === 'string' ? message : 'Gemini broke the answer off.',
    details: Array.isArray(details) ? details.filter(isObject) : [],
  });
}

/** An HTTP failure: its header says when to come back where its details do not. */
export function geminiFailure(failure: HttpFailure, now: number): Failed {
  const { status, body, headers } = failure;
  const error = errorBody(body);
  const { details, status: word } = error?.raw ?? {};
  const told = failed({
    status,
    word: typeof word === 'string' ? word : undefined,
    message: failureText(status, body, error),
    details: Array.isArray(details) ? details.filter(isObject) : [],
  });
  return { ...told, retry: told.retry ?? retryHint(headers, now) };
}

function failed({ status, word, message, details }: Facts): Failed {
  const reason = details.map(detail => detail.reason).find(each => typeof each === 'string');
  const delay = details.map(detail => detail.retryDelay).find(each => typeof each === 'string');
  const afterMs = typeof delay === 'string' ? durationMs(delay) : undefined;
  return {
    class: classOf({ status, word, message, details }, typeof reason === 'string' ? reason : undefined),
    message,
    status,
    code: typeof reason === 'string' ? reason : word,
    ...(afterMs !== undefined && { retry: { afterMs } }),
  };
}

function classOf({ status, word, message, details }: Facts, reason: string | undefined): ErrorClass {
  if (details.some(spentForTheDay)) return 'quota';
  const named = ofReason[reason ?? ''] ?? ofStatus[word ?? ''];
  if (named) return named;
  if (saysContextOverflow(message)) return 'context-overflow';
  return status === undefined ? 'retryable' : classOfStatus(status);
}

/** A quota for a day is not a rate: the delay that comes with it does not bring it back. */
function spentForTheDay(detail: JsonObject): boolean {
  const violations = Array.isArray(detail.violations) ? detail.violations.filter(isObject) : [];
  return violations.some(({ quotaId }) => typeof quotaId === 'string' && /PerDay/.test(quotaId));
}
