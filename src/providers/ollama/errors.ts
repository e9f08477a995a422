import { saysContextOverflow } from '../errors/context-overflow.ts';
import { errorBody, errorFields, failureText } from '../errors/error-body.ts';
import { classOfStatus, type Failed } from '../errors/failed.ts';
import { retryHint } from '../errors/retry-hint.ts';
import type { HttpFailure } from '../http/exchange.ts';

/** Ollama has statuses and sentences, no codes. */
export function ollamaFailure(failure: HttpFailure, now: number): Failed {
  const message = failureText(failure.status, failure.body, errorBody(failure.body));
  return {
    class: saysContextOverflow(message) ? 'context-overflow' : classOfStatus(failure.status),
    message,
    status: failure.status,
    retry: retryHint(failure.headers, now),
  };
}

/** The error that arrives as a line after a stream had begun. */
export function ollamaLineFailure(line: unknown): Failed {
  const message = errorFields(line)?.message ?? 'The server broke the answer off.';
  return { class: saysContextOverflow(message) ? 'context-overflow' : 'retryable', message };
}
