import type { ErrorClass, StopReason } from '../../protocol/message.ts';
import type { Failed } from '../errors/failed.ts';

const stops: Record<string, StopReason> = { STOP: 'end', MAX_TOKENS: 'max-tokens' };

const failures: Record<string, ErrorClass> = {
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  LANGUAGE: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  MALFORMED_FUNCTION_CALL: 'malformed',
  UNEXPECTED_TOOL_CALL: 'malformed',
  TOO_MANY_TOOL_CALLS: 'malformed',
  MALFORMED_RESPONSE: 'malformed',
  MISSING_THOUGHT_SIGNATURE: 'replay-invalid',
};

/** A reason that we do not know yet is an ordinary end; its own word is kept beside. */
export function stopReason(reason: string, message: string | undefined): StopReason | Failed {
  const failure = failures[reason];
  if (!failure) return stops[reason] ?? 'end';
  return { class: failure, message: message ?? `Gemini ended the answer: ${reason}.`, code: reason };
}

/** The prompt itself was refused. */
export function blocked(reason: string): Failed {
  return { class: 'content-filter', message: `Gemini refused the prompt: ${reason}.`, code: reason };
}
