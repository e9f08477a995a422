import type { ProviderError } from '../../core/routing/contract.ts';
import type { ErrorClass } from '../../protocol/message.ts';

const classes: Record<string, ErrorClass> = {
  NoPermissions: 'auth',
  /** The account behind the model may ask no more of it. */
  Blocked: 'quota',
  NotFound: 'model-missing',
};

/** What the editor throws has a code for what it knows itself; what the model's own extension throws has none. */
export function lmFailure(thrown: unknown, redact: (text: string) => string, tooLong: boolean): ProviderError {
  const code = codeOf(thrown);
  const known = code === undefined ? undefined : classes[code];
  return {
    type: 'error',
    class: known ?? (tooLong ? 'context-overflow' : 'retryable'),
    message: redact(textOf(thrown)),
    ...(code !== undefined && { code }),
  };
}

/** Errors that came through from another process are plain objects. */
function textOf(thrown: unknown): string {
  const message = typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown;
  return typeof message === 'string' && message !== '' ? message : 'The model failed without a reason.';
}

function codeOf(thrown: unknown): string | undefined {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && code !== '' ? code : undefined;
}
