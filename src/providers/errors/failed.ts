import { NO_TOOLS, type ProviderError, type RetryHint } from '../../core/routing/contract.ts';
import type { ErrorClass } from '../../protocol/message.ts';
import { saysNoTools } from './no-tools.ts';

/** A failure in our words, before it becomes the last event of a stream. */
export interface Failed {
  class: ErrorClass;
  message: string;
  status?: number | undefined;
  code?: string | undefined;
  retry?: RetryHint | undefined;
  /** Its status or type shows that no model has worked on it, whatever was to be paid for an answer. */
  unbilled?: true | undefined;
}

/** What an HTTP status says where the vendor's own words say no more. */
export function classOfStatus(status: number): ErrorClass {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 404) return 'model-missing';
  if (status === 413) return 'context-overflow';
  if (status === 429) return 'rate-limit';
  if (status === 408 || status === 409 || status === 425 || status >= 500) return 'retryable';
  if (status === 410) return 'model-missing';
  // The request is read and refused; any other status says that whoever answers does not speak the API.
  return status === 400 || status === 422 ? 'fatal' : 'malformed';
}

/** The answer was no error, and not what the vendor speaks either. */
export function malformed(message: string): Failed {
  return { class: 'malformed', message };
}

export const truncated: Failed = { class: 'truncated', message: 'The answer ended before its end was announced.' };

/** An answer without a single byte: nobody has begun one. */
export const nothingSent: Failed = {
  class: 'truncated',
  message: 'the server sent nothing: a good status, and no body',
  code: 'empty-body',
  unbilled: true,
};

/** Never had an answer, or lost it: refused, reset, timed out. The code is the network's own. */
export function networkFailure(error: unknown): Failed {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  return { class: 'retryable', message: code ? `${text} (${code})` : text, code };
}

function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  return codeOf(cause, depth + 1) ?? codeOf(errors?.[0], depth + 1);
}

const longest = 1000;

/** The event for a failure; its text may be shown anywhere. */
export function errorEvent(
  failed: Failed | { class: 'aborted'; message: string },
  redact: (text: string) => string,
): ProviderError {
  const { class: cls, message, ...rest } = failed;
  const { status, retry, unbilled, code: own } = rest as Partial<Failed>;
  const code = saysNoTools(message) ? NO_TOOLS : own;
  const text = redact(message);
  return {
    type: 'error',
    class: cls,
    message: text.length > longest ? `${text.slice(0, longest)}…` : text,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code: redact(code) }),
    ...(retry && { retry }),
    ...(unbilled && { unbilled }),
  };
}
