import type { StopReason } from '../../protocol/message.ts';
import type { Failed } from '../errors/failed.ts';

const reasons: Record<string, StopReason> = {
  stop: 'end',
  length: 'max-tokens',
  model_length: 'max-tokens',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

const failures: Record<string, Failed> = {
  content_filter: { class: 'content-filter', message: "The vendor's filter stopped the answer." },
  error: { class: 'retryable', message: 'The server broke the answer off.' },
  abort: { class: 'truncated', message: 'The server gave the answer up.' },
  insufficient_system_resource: { class: 'retryable', message: 'The server ran out of resources.' },
};

/** A reason that we do not know yet is an ordinary end; its own word is kept beside. */
export function stopReason(reason: string): StopReason | Failed {
  const failure = failures[reason];
  return failure ? { ...failure, code: reason } : (reasons[reason] ?? 'end');
}
