import type { StopReason } from '../../protocol/message.ts';
import type { Failed } from '../errors/failed.ts';

const reasons: Record<string, StopReason> = {
  end_turn: 'end',
  max_tokens: 'max-tokens',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-calls',
  pause_turn: 'pause',
  refusal: 'refusal',
};

/** A reason that we do not know yet is an ordinary end; its own word is kept beside. */
export function stopReason(reason: string | undefined): StopReason | Failed {
  if (reason === 'model_context_window_exceeded') {
    return { class: 'context-overflow', message: 'The answer reached the end of the context window.', code: reason };
  }
  return reasons[reason ?? ''] ?? 'end';
}
