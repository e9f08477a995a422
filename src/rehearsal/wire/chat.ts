import { readChat } from './chat-read.ts';
import { openaiError, openaiErrorAnswer, openaiModels } from './openai-errors.ts';
import type { Wire } from './vendor.ts';

export const chat: Wire = {
  framing: 'sse',
  read: readChat,
  error: openaiErrorAnswer,
  errorFrames: failure => [{ data: JSON.stringify({ error: openaiError(failure) }) }],
  models: openaiModels,
};
